// Prints the page by a button of its own; without a script the browser's menu does the same.
const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Keeps a page true. Every few seconds it asks whether the hall is stopped, and puts that first. One section of some
// pages is asked for again and put in, so that whoever reads or tabs on it keeps their place; when another page comes in
// its stead, the whole is loaded, which says why; when none comes, it says since when. Without this script the page is
// loaded anew.
(() => {
  const stopped = document.getElementById("stopped");
  const stale = document.getElementById("stale");
  const section = () => document.querySelector("[data-again]");
  const here = () => location.pathname + location.search;
  let mark = "";
  let due = 0;

  function lookAtStop() {
    ask(stopped.dataset.from, mark)
      .then(({ response, text }) => {
        if (response.status !== 200) return;
        mark = response.headers.get("ETag") || "";
        const told = document.createElement("div");
        told.innerHTML = text;
        if (told.textContent.trim() === stopped.textContent.trim()) return; // It stands there, and is not read out again.
        stopped.replaceChildren(...told.childNodes);
        if (section()) look();
      })
      .catch(() => {}) // What was told stays; the next question may get through.
      .then(() => setTimeout(lookAtStop, 1000 * Number(stopped.dataset.every)));
  }

  function put({ response, text }) {
    const fresh = response.ok ? new DOMParser().parseFromString(text, "text/html").querySelector("[data-again]") : null;
    if (!fresh || fresh.id !== section().id) return location.replace(here());
    section().replaceWith(fresh);
    if (stale) stale.hidden = true;
  }

  function missed() {
    if (!stale) return;
    stale.textContent = stale.dataset.sentence.replace("{time}", section().dataset.at);
    stale.hidden = false;
  }

  function look() {
    clearTimeout(due);
    ask(here()).then(put).catch(missed).then(wait);
  }

  function wait() {
    clearTimeout(due);
    due = setTimeout(look, 1000 * Number(section().dataset.again));
  }

  if (section()) wait();
  if (stopped) lookAtStop();
})();

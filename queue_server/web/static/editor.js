// The hall editor's small helps: line numbers beside a text, a way from a mistake to its line, the progress of a trial.
// Without this script every page works: numbers stand beside mistakes, and a trial is looked at again by hand.
"use strict";

const box = document.querySelector("[data-numbered]");
if (box) {
  const text = box.querySelector("textarea");
  const numbers = box.querySelector("[data-numbers]");
  let shown = 0;
  const number = () => {
    const lines = text.value.split("\n").length;
    if (lines !== shown) {
      numbers.textContent = Array.from({ length: lines }, (_, line) => line + 1).join("\n");
      shown = lines;
    }
    numbers.scrollTop = text.scrollTop;
  };
  text.addEventListener("input", number);
  text.addEventListener("scroll", () => { numbers.scrollTop = text.scrollTop; });
  const go = (line) => {
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length;
    const begin = line > 1 ? before + 1 : 0;
    const end = text.value.indexOf("\n", begin);
    text.focus();
    text.setSelectionRange(begin, end < 0 ? text.value.length : end);
    text.scrollTop = Math.max(0, (line - 6) * 21);
    number();
  };
  for (const link of document.querySelectorAll("[data-line]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(Number(link.dataset.line));
    });
  }
  number();
  const named = /^#line-(\d+)$/.exec(location.hash);
  if (named) go(Number(named[1]));
}

const LOOK_TIMEOUT_MS = 5000;
const trial = document.querySelector("[data-progress]");
if (trial) {
  const bar = trial.querySelector("progress");
  const said = trial.querySelector("[data-progress-words]");
  const look = async () => {
    try {
      const answer = await fetch(trial.dataset.progress, { cache: "no-store", signal: AbortSignal.timeout(LOOK_TIMEOUT_MS) });
      if (!answer.ok) { location.reload(); return; }
      const present = await answer.json();
      if (present.state !== "running") { location.reload(); return; }
      bar.max = present.of;
      bar.value = present.done;
      said.textContent = `${present.done} / ${present.of}`;
    } catch {
      // The network may be back the next time.
    }
    setTimeout(look, 700);
  };
  setTimeout(look, 700);
}

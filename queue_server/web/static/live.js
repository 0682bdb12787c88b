// Keeps a page live: places the regions that the server sends, runs its clocks by hall time, and says within three
// seconds when nothing is heard any more, whatever the reason.

const SILENCE_MS = 2500;
const LOOK_MS = 250;

const page = document.getElementById("live");
const banner = document.getElementById("banner");

const hall = { at: 0, rate: 1, heard: 0 }; // hall time (s) at a moment of the page's own clock (ms)
let live = false;
let heardAt = performance.now();
let source;
const listeners = [];
const waiting = {}; // regions that could not be placed yet

export function isLive() {
  return live;
}

export function onChange(listener) {
  listeners.push(listener);
}

export function hallNow() {
  return hall.at + ((performance.now() - hall.heard) / 1000) * hall.rate;
}

export function say(sentence) {
  banner.textContent = sentence;
  banner.hidden = !sentence;
}

function becomes(isLiveNow, sentence) {
  live = isLiveNow;
  document.body.classList.toggle("live", live);
  document.body.classList.toggle("stale", !live);
  say(live ? "" : sentence);
  for (const listener of listeners) listener(live);
}

function place(regions) {
  const focused = document.activeElement?.id;
  const open = [...document.querySelectorAll("details[open][id]")].map((element) => element.id);
  const inHand = document.querySelector("dialog[open]");
  Object.assign(waiting, regions);
  for (const [name, html] of Object.entries(waiting)) {
    const region = document.getElementById(`region-${name}`);
    if (inHand && region.contains(inHand)) continue; // A dialog is never changed under the hand, but when it closes.
    region.innerHTML = html;
    delete waiting[name];
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus();
}

function hear(event) {
  heardAt = performance.now();
  return JSON.parse(event.data);
}

function leave(sentence) {
  source.close();
  becomes(false, sentence);
}

function listen() {
  source = new EventSource(page.dataset.live);
  source.addEventListener("now", (event) => {
    const { at, rate, regions } = hear(event);
    Object.assign(hall, { at, rate, heard: performance.now() });
    place(regions);
    tick();
    if (!live || Object.keys(regions).length) becomes(true, "");
  });
  source.addEventListener("gone", (event) => {
    const { sentence } = hear(event);
    if (live || banner.hidden) becomes(false, sentence);
  });
  source.addEventListener("full", (event) => leave(hear(event).sentence));
  source.addEventListener("over", () => {
    leave("");
    location.assign(page.dataset.login);
  });
  source.addEventListener("error", () => {
    // After a refusal (the session is over) the browser gives up; after a broken line it tries again by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  });
}

function cells(text) {
  const parts = [...text].map((letter) => {
    const cell = document.createElement("span");
    cell.className = /\d/.test(letter) ? "cell" : "cell-sign";
    cell.textContent = letter;
    return cell;
  });
  const whole = document.createDocumentFragment();
  whole.append(...parts);
  return whole;
}

function stopwatch(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function show(element, text) {
  if (element.dataset.shown === text) return;
  element.dataset.shown = text;
  element.replaceChildren(cells(text));
}

function tick() {
  if (!hall.heard) return;
  const now = hallNow();
  for (const element of document.querySelectorAll(".stopwatch[data-since]")) {
    show(element, stopwatch(now - Number(element.dataset.since)));
  }
  for (const element of document.querySelectorAll("progress[data-since]")) {
    const passed = now - Number(element.dataset.since);
    element.value = Math.max(0, Math.min(element.max, passed));
    element.classList.toggle("past", passed > element.max);
  }
  for (const element of document.querySelectorAll("[data-clock]")) {
    const local = new Date((now + Number(element.dataset.clock || 0)) * 1000);
    show(element, local.toISOString().slice(11, 16));
  }
}

setInterval(() => {
  if (live && performance.now() - heardAt > SILENCE_MS) becomes(false, page.dataset.gone);
  if (live) tick();
}, LOOK_MS);
document.addEventListener("focusin", (event) => event.target.matches("[data-select]") && event.target.select());
document.addEventListener("close", () => place({}), true);
addEventListener("pagehide", () => source.close());
addEventListener("pageshow", (event) => event.persisted && listen());
listen();

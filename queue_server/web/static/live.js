// Keeps a page live: places the regions that the server sends, runs its clocks by hall time, and says within three
// seconds when nothing is heard any more, whatever the reason.

const SILENCE_MS = 2500;
const TICK_MS = 250;
const LOOK_AGAIN_MS = 1000;
const LOOK_TIMEOUT_MS = 2000;
const LISTEN_AGAIN_MS = 60000;
const STREAM_SILENCE_MS = 10000; // A stream that says nothing for so long is dead, though no error may ever tell.

const page = document.getElementById("live");
const banner = document.getElementById("banner");

const hall = { at: 0, rate: 1, heard: 0 }; // hall time (s) at a moment of the page's own clock (ms)
let live = false;
let heardAt = performance.now();
let listenedAt = 0; // when the present stream was asked for; 0: there is none to listen to
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
  listenedAt = 0;
  source.close();
  becomes(false, sentence);
}

let lookTimer = 0;
let looks = 0; // how many looks were begun: an answer that was overtaken by a later look is not shown
let listenAgainAt = 0; // 0: a stream is heard
let mark = "";

async function look() {
  clearTimeout(lookTimer);
  const turn = (looks += 1);
  try {
    const response = await fetch(`${page.dataset.live}${page.dataset.live.includes("?") ? "&" : "?"}look`, {
      headers: mark ? { "If-None-Match": mark } : {},
      cache: "no-store",
      signal: AbortSignal.timeout(LOOK_TIMEOUT_MS),
    });
    const regions = response.status === 200 ? await response.json() : {};
    if (turn !== looks) return;
    if (response.status === 401) return location.assign(page.dataset.login);
    if (response.status === 200 || response.status === 304) {
      heardAt = performance.now();
      mark = response.headers.get("ETag");
      const at = Number(response.headers.get("X-Hall-At"));
      const rate = Number(response.headers.get("X-Hall-Rate"));
      Object.assign(hall, { at, rate, heard: heardAt });
      place(regions);
      tick();
      if (!live || response.status === 200) becomes(true, "");
    } else if (live || banner.hidden) {
      mark = "";
      becomes(false, page.dataset.gone);
    }
  } catch {
    if (turn !== looks) return; // Silence is noticed below, as that of a stream is.
  }
  if (performance.now() < listenAgainAt) lookTimer = setTimeout(look, LOOK_AGAIN_MS);
  else listen();
}

// Whether this page looks; after a press it does so at once, and the press is answered when there is something to see.
export function isLooking() {
  return listenAgainAt > 0;
}

export function lookNow() {
  if (isLooking()) look();
}

function listen() {
  listenAgainAt = 0;
  mark = "";
  source?.close();
  listenedAt = performance.now();
  const stream = new EventSource(page.dataset.live);
  source = stream;
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
  source.addEventListener("full", () => {
    // All streams are taken: this page looks once a second instead, and tries for a stream again after a minute.
    source.close();
    listenedAt = 0;
    listenAgainAt = performance.now() + LISTEN_AGAIN_MS;
    look();
  });
  source.addEventListener("over", () => {
    leave("");
    location.assign(page.dataset.login);
  });
  source.addEventListener("error", () => {
    // After a refusal (the session is over) the browser gives up; after a broken line it tries again by itself.
    if (stream.readyState !== EventSource.CLOSED || stream !== source) return;
    listenedAt = 0;
    setTimeout(listen, 1000);
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
  const now = performance.now();
  if (live && now - heardAt > SILENCE_MS) becomes(false, page.dataset.gone);
  if (listenedAt && now - Math.max(heardAt, listenedAt) > STREAM_SILENCE_MS) listen();
  if (live) tick();
}, TICK_MS);
document.addEventListener("focusin", (event) => event.target.matches("[data-select]") && event.target.select());
document.addEventListener("close", () => place({}), true);
addEventListener("pagehide", () => {
  listenedAt = 0;
  source.close();
  clearTimeout(lookTimer);
});
addEventListener("pageshow", (event) => event.persisted && listen());
listen();

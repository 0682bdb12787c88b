// The console's hands: one key per press, dialogs for what needs a word more, and a guard against presses that were
// not meant. What is true comes from the server alone; nothing here guesses the outcome of a press.

import { isLive, isLooking, lookNow, onChange } from "./live.js";
import { send } from "./commands.js";

const GUARD_MS = 400; // A second press so soon after a change is the same finger, not a decision.

const page = document.getElementById("live");
const notice = document.getElementById("notice");
const dialogs = document.getElementById("region-dialogs");

let busy = false;
let guarded = 0;
let shown = "";

function guard() {
  clearTimeout(guarded);
  document.body.classList.add("guarded");
  guarded = setTimeout(() => document.body.classList.remove("guarded"), GUARD_MS);
}

function isGuarded() {
  return document.body.classList.contains("guarded");
}

function tell(sentence, kind = "") {
  notice.textContent = sentence;
  notice.className = `notice ${kind}`;
  notice.hidden = !sentence;
}

// Disables what cannot be pressed now: while a press is under way, and while the page is not live.
function lock() {
  const locked = busy || !isLive();
  for (const button of document.querySelectorAll("[data-action], [data-open], [data-choose]")) {
    button.disabled = locked || button.dataset.locked === "yes";
  }
  document.body.classList.toggle("busy", busy);
}

// What the page shows of the counter. Each press names it: one that was meant for somebody else is refused.
function seenNow() {
  const { serving, service, lastCall } = document.querySelector("[data-state]")?.dataset ?? {};
  return lastCall ? { serving_id: serving, serving_service_id: service, after_call_id: Number(lastCall) } : {};
}

async function press(fields, then = "", after = "", seen = seenNow()) {
  if (busy || !isLive()) return;
  const before = shown;
  busy = true;
  lock();
  const slow = setTimeout(() => tell(page.dataset.sending), 300);
  const address = `${page.dataset.commands}${isLooking() ? "?look" : ""}`;
  const unsure = (sentence) => {
    clearTimeout(slow);
    tell(sentence || page.dataset.unknown, "unsure");
  };
  const answer = await send(address, { ...seen, ...fields }, unsure, () => shown !== before);
  clearTimeout(slow);
  busy = false;
  guard();
  lookNow();
  if (answer.result === "signed_out") return location.assign(page.dataset.login);
  if (answer.result === "done" && after === "counters") return location.assign(page.dataset.counters);
  if (answer.result === "unknown") tell(page.dataset.unsettled, "unsure");
  else tell(answer.sentence || "", answer.result);
  lock();
  if (answer.result === "done" && then) await press({ action: then }, "", "", seen);
}

// --- Dialogs ---------------------------------------------------------------------------------------------------------

// Opens a dialog about what its opener names; one dialog may lead to another about the same visit.
function open(name, opener) {
  const before = opener.closest("dialog");
  const { then = "", visitId = "", number: named = "" } = (before || opener).dataset;
  before?.close();
  const dialog = document.getElementById(`dialog-${name}`);
  Object.assign(dialog.dataset, { then, visitId, number: named });
  for (const place of dialog.querySelectorAll("[data-shows=number]")) place.textContent = named;
  const number = dialog.querySelector("[name=number]");
  for (const field of dialog.querySelectorAll("[name=number], [name=note]")) field.value = "";
  for (const tick of dialog.querySelectorAll("input[type=checkbox]")) tick.checked = false;
  for (const radio of dialog.querySelectorAll("input[type=radio]")) radio.checked = radio.defaultChecked;
  tell("");
  guard();
  dialog.showModal();
  if (number && !visitId) number.focus();
}

function choose(dialog, field, value) {
  const fields = { action: dialog.dataset.sends };
  if (field) fields[field] = value;
  if (dialog.dataset.visitId) fields.visit_id = dialog.dataset.visitId;
  const number = dialog.querySelector("[name=number]");
  if (number && !dialog.dataset.visitId) {
    if (!number.value.trim()) return number.focus();
    fields.number = number.value;
  }
  for (const tick of dialog.querySelectorAll("input[type=checkbox]")) fields[tick.name] = tick.checked;
  for (const radio of dialog.querySelectorAll("input[type=radio]:checked")) fields[radio.name] = radio.value;
  const note = dialog.querySelector("[name=note]");
  if (note) fields.note = note.value;
  dialog.close();
  // Whoever stays for the next service is still at the counter: nobody else is called.
  return press(fields, fields.goes === "stay" ? "" : dialog.dataset.then, dialog.dataset.after);
}

// --- By hand ---------------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-action], [data-open], [data-choose], [data-dismiss]");
  if (!target || target.disabled) return;
  if (event.detail > 0) target.blur(); // After a click the keys belong to the console again, not to that button.
  if (target.dataset.dismiss !== undefined) return target.closest("dialog").close();
  if (isGuarded()) return;
  if (target.dataset.choose !== undefined) return choose(target.closest("dialog"), target.dataset.choose, target.dataset.value);
  if (target.dataset.open) return open(target.dataset.open, target);
  const { action, visitId = "", kiosk = "", counter = "" } = target.dataset;
  return press({ action, visit_id: visitId, kiosk, counter }, target.dataset.then);
});

document.addEventListener("submit", (event) => {
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  event.preventDefault();
  if (!isGuarded()) choose(dialog, "", "");
});

// --- By keyboard -----------------------------------------------------------------------------------------------------

function keyOf(event) {
  if (event.code === "Space") return "Space";
  if (event.key === "Enter") return "Enter";
  // A Vietnamese input method swallows letters; the place of the key still tells which was meant.
  if (event.isComposing || event.key === "Process") return event.code.replace(/^(Key|Digit)/, "");
  return event.key.length === 1 ? event.key.toUpperCase() : "";
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) {
    if (event.repeat && ["Enter", " "].includes(event.key)) event.preventDefault();
    return;
  }
  const typing = event.target.matches("input:not([type=checkbox]):not([type=radio]), select, textarea");
  const key = keyOf(event);
  if (!key || (typing && key !== "Enter")) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog && key === "Enter" && typing && !event.target.form) {
    event.preventDefault(); // From the field on to the reasons.
    dialog.querySelector("[data-choose]")?.focus();
    return;
  }
  const chosenByTab = event.target.matches("button, a, summary, input");
  if (chosenByTab && (key === "Enter" || key === "Space")) return; // The focused control answers by itself.
  const target = (dialog || document).querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target || (!dialog && target.closest("dialog"))) return;
  event.preventDefault();
  if (target.matches("input")) target.checked = !target.checked;
  else target.click();
});

// --- As it changes ---------------------------------------------------------------------------------------------------

// What a colleague wrote is asked for once per visit, and shown as text. It is in no region: regions go to every page.
const notes = new Map();

async function showNote() {
  const place = document.querySelector("[data-note]");
  if (!place) return notes.clear();
  const visitId = place.dataset.note;
  if (!notes.has(visitId)) {
    notes.set(visitId, "…");
    const answer = await send(page.dataset.commands, { action: "find_note", visit_id: visitId }, () => {});
    if (answer.result === "unknown") notes.delete(visitId); // The line is broken; the next change asks again.
    else notes.set(visitId, answer.note || answer.sentence || "–");
  }
  const now = document.querySelector("[data-note]");
  if (now?.dataset.note === visitId) now.textContent = notes.get(visitId) ?? "…";
}

onChange((live) => {
  if (live) showNote();
  if (!live) document.querySelector("dialog[open]")?.close(); // The banner must not stand behind it.
  const card = document.querySelector("[data-state]");
  const { state, visit, service, lastCall } = card?.dataset ?? {};
  const now = `${state} ${visit} ${service} ${lastCall}`;
  if (now !== shown) {
    shown = now;
    guard();
    // What the open dialog asks about is over: another window or the call keypad was quicker.
    document.querySelector("dialog[open]")?.close();
  }
  lock();
});

lock();

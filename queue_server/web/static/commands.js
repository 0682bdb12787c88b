// Sends a press. The id of the request is made here, once per press: sent again after a lost answer it is the same
// press, and the queue server carries it out once. It is sent again for a few seconds only, and no more once what the
// clerk saw has changed: nobody expects a key to work that was pressed long ago.

const PAUSE_MS = 700;
const GIVE_UP_MS = 6000;

const csrf = document.querySelector("meta[name=csrf]").content;

// A UUIDv7 as 32 hex digits. crypto.randomUUID is missing on plain http, so the bits are set by hand.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let milliseconds = Date.now();
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = milliseconds % 256;
    milliseconds = Math.floor(milliseconds / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function once(address, body, timeoutMs) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status === 401) return { result: "signed_out" };
  if (response.status === 403) return { result: "refused", sentence: await response.text() };
  const answer = await response.json();
  return answer;
}

// Gives {result: "done" | "refused" | "signed_out" | "unsent" | "unknown", sentence}; "unsent" only if no try reached
// the queue server. `whileUnknown` is called with each pause, and `isOver` tells that it must not be sent again.
export async function send(address, press, whileUnknown, isOver = () => false) {
  const body = JSON.stringify({ request_id: newId(), ...press });
  const givenUpAt = performance.now() + GIVE_UP_MS;
  let mayBeDone = false;
  for (;;) {
    let answer = { result: "unknown" };
    try {
      answer = await once(address, body, Math.max(1, givenUpAt - performance.now()));
    } catch {
      // The line broke, or the answer was none of ours: ask again under the same id.
    }
    if (answer.result !== "unknown" && answer.result !== "unsent") return answer;
    mayBeDone ||= answer.result === "unknown";
    const unsettled = mayBeDone ? { result: "unknown" } : answer;
    if (isOver() || performance.now() + PAUSE_MS >= givenUpAt) return unsettled;
    whileUnknown(answer.sentence);
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    if (isOver()) return unsettled;
  }
}

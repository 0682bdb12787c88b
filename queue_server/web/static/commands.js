// Sends a press. The id of the request is made here, once per press: sent again after a lost answer it is the same
// press, and the queue server carries it out once.

const TRY_TIMEOUT_MS = 6000;
const PAUSE_MS = 700;
const GIVE_UP_MS = 30000;

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

async function once(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body,
    signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
  });
  if (response.status === 401) return { result: "signed_out" };
  if (response.status === 403) return { result: "refused", sentence: await response.text() };
  const answer = await response.json();
  return answer;
}

// Gives {result: "done" | "refused" | "signed_out" | "unknown", sentence}. `whileUnknown` is called with each pause.
export async function send(address, press, whileUnknown) {
  const body = JSON.stringify({ request_id: newId(), ...press });
  const givenUpAt = performance.now() + GIVE_UP_MS;
  let answer = { result: "unknown" };
  while (performance.now() < givenUpAt) {
    try {
      answer = await once(address, body);
    } catch {
      answer = { result: "unknown" }; // The line broke, or the answer was none of ours: ask again under the same id.
    }
    if (answer.result !== "unknown" && answer.result !== "unsent") return answer;
    whileUnknown(answer.sentence);
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
  }
  return answer;
}

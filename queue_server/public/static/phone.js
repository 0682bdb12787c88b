// Keeps a ticket true: asks again every few seconds, with the mark of what it shows (304 while nothing has changed),
// says so when no answer comes, and makes itself heard when the number is called. Without this script the page is made
// anew every twenty seconds.
(() => {
  const SILENCE_MS = 45000;
  const JUDGE_MS = 1000;
  const RETRY_S = 5;

  const place = document.getElementById("ticket");
  const stale = document.getElementById("stale");
  const updated = document.getElementById("updated");
  const offer = document.getElementById("alert-offer");
  const button = document.getElementById("alert-button");
  const shown = () => place.querySelector(".ticket"); // What stands before it says why the hall is stopped.

  let mark = "";
  let timer = 0;
  let heardAt = Date.now();
  let seenAt = Date.now();
  let sound = null;
  let alerted = shown().dataset.alert;

  function makeHeard() {
    const call = shown().dataset.alert;
    // A call that stood when the hall was stopped is news again when the hall goes on: meanwhile nobody was to come.
    if (shown().dataset.state === "stopped") alerted = "";
    if (!call || call === alerted) return;
    alerted = call;
    if (navigator.vibrate) navigator.vibrate([400, 200, 400, 200, 800]);
    if (sound) {
      sound.currentTime = 0;
      const playing = sound.play();
      if (playing) playing.catch(() => {});
    }
  }

  function put(html) {
    place.innerHTML = html;
    const leave = document.getElementById("leave");
    if (leave) leave.hidden = !shown().dataset.cancel;
    offerAlerts();
    makeHeard();
  }

  function offerAlerts() {
    offer.hidden = !["waiting", "near", "called", "parked"].includes(shown().dataset.state);
  }

  function heard(response) {
    heardAt = Date.now();
    const time = response.headers.get("X-Hall-Time");
    if (time) updated.textContent = time;
    stale.hidden = true;
  }

  function missed() {
    if (Date.now() - heardAt < SILENCE_MS && stale.hidden) return;
    stale.textContent = stale.dataset.sentence.replace("{time}", updated.textContent);
    stale.hidden = false;
  }

  // Silence is judged by the clock, whatever becomes of the questions; a page that was away gets time to ask first.
  function judge() {
    if (shown().dataset.poll !== "0" && Date.now() - Math.max(heardAt, seenAt) >= SILENCE_MS) missed();
  }

  let looks = 0; // An answer that was overtaken by a later question is not shown.

  function look() {
    clearTimeout(timer);
    const turn = (looks += 1);
    return ask(place.dataset.now, mark)
      .then(({ response, text }) => {
        if (turn !== looks) return;
        if (response.status === 304) return heard(response);
        if (response.status === 404 || response.status === 410) return location.replace(location.pathname + location.search);
        if (!response.ok) return missed();
        mark = response.headers.get("ETag") || "";
        heard(response);
        put(text);
      })
      .catch(() => turn === looks && missed())
      .then(() => {
        if (turn !== looks) return;
        const poll = Number(shown().dataset.poll);
        if (poll) timer = setTimeout(look, 1000 * (stale.hidden ? poll : RETRY_S));
      });
  }

  // Browsers let a page make sounds only after it was touched: this button is that touch.
  button.addEventListener("click", () => {
    sound = new Audio(place.dataset.chime);
    const playing = sound.play();
    if (playing) playing.catch(() => {});
    if (navigator.vibrate) navigator.vibrate(200);
    button.hidden = true;
    document.getElementById("alert-on").hidden = false;
  });

  offerAlerts();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    seenAt = Date.now();
    if (shown().dataset.poll !== "0") look();
  });
  setInterval(judge, JUDGE_MS);
  if (shown().dataset.poll !== "0") look();
})();

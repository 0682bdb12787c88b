// Asks for an address, and gives the answer with its text. Whatever keeps silent for ten seconds has failed: a line that
// takes a question and never answers is as dead as one that refuses it.
const ask = (() => {
  const TIMEOUT_MS = 10000;

  return (address, mark) => {
    const hold = window.AbortController ? new AbortController() : null;
    const how = { headers: mark ? { "If-None-Match": mark } : {}, cache: "no-store" };
    if (hold) how.signal = hold.signal;
    let timer = 0;
    const silence = new Promise((_, fail) => {
      timer = setTimeout(() => {
        fail(new Error("no answer in time"));
        if (hold) hold.abort();
      }, TIMEOUT_MS);
    });
    const answer = fetch(address, how).then((response) => response.text().then((text) => ({ response, text })));
    const over = () => clearTimeout(timer);
    answer.then(over, over);
    return Promise.race([answer, silence]);
  };
})();

// The board on a television, in the words of browsers of 2015: asks once a second what is shown (304 while it is the
// same), plays the sound of each new call, that of a stopped hall before all else, and says within four seconds that nothing is heard any more.
(function () {
  "use strict";
  var EVERY_MS = 1000;
  var JUDGE_MS = 250;
  var TIMEOUT_MS = 2500;
  var SILENCE_MS = 4000;

  var board = document.getElementById("board");
  var away = document.getElementById("away");
  var button = document.getElementById("sound-on");
  var mark = "";
  var heardAt = Date.now();
  var played = "";
  var first = true;
  var waiting = [];
  var sound = new Audio();

  function play() {
    if (!waiting.length) return;
    sound.src = waiting[0];
    var playing = sound.play();
    // A browser that wants a hand on the page first says so; then the button is offered.
    if (playing && playing.catch) {
      playing.then(function () {
        if (button) button.hidden = true;
      }, function () {
        waiting = [];
        if (button) button.hidden = false;
      });
    }
  }

  function over() {
    waiting.shift();
    play();
  }

  function hear(address, goesFirst) {
    // What was said before this page was opened is not said again.
    if (address && address !== played) {
      played = address;
      if (!first && goesFirst) {
        waiting = [address];
        play();
      } else if (!first) {
        waiting.push(address);
        if (waiting.length === 1) play();
      }
    }
    first = false;
  }

  // By the clock, not by what becomes of a question: one may be held for as long as its time limit.
  function judge() {
    if (Date.now() - heardAt > SILENCE_MS) away.hidden = false;
  }

  function look() {
    var request = new XMLHttpRequest();
    request.open("GET", board.getAttribute("data-now"));
    request.timeout = TIMEOUT_MS;
    if (mark) request.setRequestHeader("If-None-Match", mark);
    request.onload = function () {
      if (request.status === 200) {
        mark = request.getResponseHeader("ETag") || "";
        board.innerHTML = request.responseText;
      }
      if (request.status === 200 || request.status === 304) {
        heardAt = Date.now();
        away.hidden = true;
        hear(request.getResponseHeader("X-Sound"), request.getResponseHeader("X-Sound-First") === "yes");
      }
    };
    request.onloadend = function () {
      setTimeout(look, EVERY_MS);
    };
    request.send();
  }

  sound.addEventListener("ended", over);
  sound.addEventListener("error", over);
  if (button) {
    button.addEventListener("click", function () {
      button.hidden = true;
      sound.src = "/chime.wav";
      sound.play();
    });
    button.hidden = false;
  }
  setInterval(judge, JUDGE_MS);
  look();
})();

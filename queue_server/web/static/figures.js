// Sorts and filters a table of figures at once, draws its charts from its own cells, and prints. Without this script
// the same is done by links and by the form; the table is always there, the charts are pictures of it.

const table = document.getElementById("figures-table");
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(`--${name}`).trim();
const SERIES = [["lotus", "lotus"], ["amber", "on-amber-mist"]]; // Fill and edge: told apart whatever colours one sees.
const MANY_ROWS = 16; // More than this do not fit beside a chart, one below the other.
const LONG_NAME = 14; // Longer ones do not fit below their bars.

const body = table?.tBodies[0];
const rows = () => [...body.rows].filter((row) => !row.classList.contains("no-rows"));

// --- Sorting -------------------------------------------------------------------------------------------------------

function valueOf(row, column) {
  const text = row.cells[column].dataset.value;
  if (text === undefined) return null; // Too few: they stay at the end either way.
  return column === 0 ? text : Number(text);
}

function compare(one, other) {
  return typeof one === "string" ? one.localeCompare(other, document.documentElement.lang) : one - other;
}

function sort(column, order) {
  const sign = order === "ascending" ? 1 : -1;
  const named = rows().sort((one, other) => compare(valueOf(one, 0), valueOf(other, 0)));
  const ranked = named.map((row) => [valueOf(row, column), row]);
  ranked.sort(([one], [other]) => {
    if (one === null || other === null) return (one === null) - (other === null);
    return sign * compare(one, other);
  });
  body.prepend(...ranked.map(([, row]) => row));
  for (const head of table.tHead.rows[0].cells) head.setAttribute("aria-sort", "none");
  table.tHead.rows[0].cells[column].setAttribute("aria-sort", order);
}

function onSort(event) {
  const link = event.target.closest("a.sort");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const head = link.closest("th");
  const before = head.getAttribute("aria-sort");
  const order = before === "none" ? link.dataset.next : before === "ascending" ? "descending" : "ascending";
  sort(head.cellIndex, order);
  history.replaceState(null, "", link.href.replace(/order=\w+/, `order=${order}`));
  draw();
}

// --- Filtering -----------------------------------------------------------------------------------------------------

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

function filter(words) {
  const wanted = plain(words.trim());
  for (const row of rows()) row.hidden = !plain(row.cells[0].textContent).includes(wanted);
  body.querySelector(".no-rows").hidden = rows().some((row) => !row.hidden);
  draw();
}

// --- Charts --------------------------------------------------------------------------------------------------------

const charts = new Map();

function dataOf(canvas) {
  const shown = rows().filter((row) => !row.hidden);
  const divisor = Number(canvas.dataset.divisor);
  const columns = canvas.dataset.columns.split(" ").map((column) => Number(column) + 1);
  const value = (row, column) => {
    const text = row.cells[column].dataset.value;
    return text === undefined ? null : Math.round((Number(text) / divisor) * 10) / 10;
  };
  return {
    labels: shown.map(nameOf),
    datasets: columns.map((column, place) => ({
      label: table.tHead.rows[0].cells[column].textContent.trim(),
      data: shown.map((row) => value(row, column)),
      backgroundColor: colour(SERIES[place][0]),
      borderColor: colour(SERIES[place][1]),
      borderWidth: canvas.dataset.kind === "line" ? 2 : 1,
      borderDash: place ? [6, 4] : [],
      pointStyle: place ? "rect" : "circle",
      pointRadius: 3,
      maxBarThickness: 34,
      spanGaps: false,
    })),
  };
}

const nameOf = (row) => row.cells[0].dataset.short ?? row.cells[0].textContent.trim();

function optionsOf(canvas) {
  const long = rows().some((row) => nameOf(row).length > LONG_NAME);
  const across = canvas.dataset.kind === "bar" && long && rows().length <= MANY_ROWS; // Long names stand at the side.
  const axis = (hasGrid) => ({
    beginAtZero: true,
    grid: { color: colour("line"), display: hasGrid },
    ticks: { color: colour("quiet"), precision: 0 },
  });
  const legend = { position: "bottom", labels: { color: colour("ink"), boxWidth: 18 } };
  return {
    indexAxis: across ? "y" : "x",
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    locale: document.documentElement.lang,
    scales: { x: axis(across), y: axis(!across) },
    plugins: { legend: { ...legend, display: canvas.dataset.columns.includes(" ") } },
  };
}

function draw() {
  for (const canvas of document.querySelectorAll("canvas[data-columns]")) {
    const chart = charts.get(canvas);
    if (chart) {
      chart.data = dataOf(canvas);
      chart.update("none");
    } else {
      const [type, data, options] = [canvas.dataset.kind, dataOf(canvas), optionsOf(canvas)];
      charts.set(canvas, new Chart(canvas, { type, data, options }));
    }
  }
}

// --- All together --------------------------------------------------------------------------------------------------

if (table) {
  table.tHead.addEventListener("click", onSort);
  const words = document.getElementById("contains");
  words.addEventListener("input", () => filter(words.value));
  Chart.defaults.font.family = style.getPropertyValue("--font");
  Chart.defaults.font.size = 13;
  document.fonts.ready.then(draw);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

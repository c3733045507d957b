// The progression: a row a variant, losses by epoch with a cursor, and every number in a table.

const SEEDS = VARIANTS.map((variant) => Object.keys(variant.history).length);
let score = DATA.scores[0];
let curve = "lesson_loss";
const lastEpoch = Math.max(...VARIANTS.flatMap((v) => Object.values(v.history).flat().map((row) => row.epoch)));
let epoch = lastEpoch;

const written = (value, of = score) => (value === null ? "∞" : (of.scale * value).toFixed(of.digits));
const interval = (entry, of = score) =>
  written(entry.mean, of) + (entry.half_width_95 === undefined ? "" : ` ± ${written(entry.half_width_95, of)}`);

function forest(width) {
  const narrow = width < 480;
  const row = 60, top = 6, bottom = 34, left = narrow ? 108 : 18 + 7.9 * Math.max(...VARIANTS.map((variant) => variant.name.length)), right = narrow ? 10 : 122;
  const height = top + row * VARIANTS.length + bottom;
  const shown = (variant) => (score.key === "lesson_loss" ? variant.published : null);
  const ends = VARIANTS.flatMap((variant) => {
    const entry = variant.scores[score.key], half = entry.half_width_95 || 0;
    return [entry.mean - half, entry.mean + half, ...Object.values(entry.seeds), shown(variant) ?? entry.mean];
  }).filter(Number.isFinite);
  const low = Math.min(...ends), high = Math.max(...ends);
  const room = (high - low || 1) * 0.06;
  const x = scale(low - room, high + room, left, width - right);
  const marks = ticks(low - room, high + room, narrow ? 4 : 5);
  return draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${score.title} of every variant; the same numbers are in the table below` },
    marks.map((mark) => [
      draw("line", { class: "grid", x1: x(mark), x2: x(mark), y1: top, y2: height - bottom }),
      draw("text", { class: "tick", x: x(mark), y: height - bottom + 17, "text-anchor": "middle" }, String(Number((score.scale * mark).toPrecision(6))))]),
    VARIANTS.map((variant, place) => {
      const entry = variant.scores[score.key], y = top + row * (place + 0.5), half = entry.half_width_95;
      return draw("g", { style: colour(variant), class: "variant" },
        draw("text", { class: "row-name", x: 0, y: narrow ? y - 3 : y + 4.5 }, variant.name),
        half === undefined || entry.mean === null ? null : draw("rect", { class: "band", x: x(entry.mean - half), width: Math.max(1, x(entry.mean + half) - x(entry.mean - half)), y: y - 9, height: 18, rx: 9 }),
        Object.entries(entry.seeds).filter(([, value]) => value !== null).map(([seed, value]) =>
          draw("circle", { class: "dot", cx: x(value), cy: y, r: 4.5 }, draw("title", {}, `seed ${seed}: ${written(value)}`))),
        entry.mean === null ? null : draw("line", { class: "mean", x1: x(entry.mean), x2: x(entry.mean), y1: y - 13, y2: y + 13 }),
        shown(variant) === null ? null : draw("path", { class: "published", d: `M${x(shown(variant))} ${y - 7}l7 7l-7 7l-7-7z` },
          draw("title", {}, `published: ${written(shown(variant))}`)),
        draw("text", { class: "value", x: narrow ? 0 : width, y: narrow ? y + 14 : y + 4.5, "text-anchor": narrow ? "start" : "end" }, interval(entry)));
    }),
    draw("text", { class: "tick", x: width - right, y: height - 2, "text-anchor": "end" }, score.lower ? "← better" : "better →"));
}

/** The mean over seeds of one epoch, or null where a variant has none. */
function at(variant, wanted, key = curve) {
  const values = Object.values(variant.history).flatMap((rows) => rows.filter((row) => row.epoch === wanted && Number.isFinite(row[key])).map((row) => row[key]));
  return values.length ? mean(values) : null;
}

function curves(width) {
  const height = 262, top = 10, bottom = 30, left = 40, right = 12;
  const epochs = Array.from({ length: lastEpoch }, (_, n) => n + 1);
  const values = VARIANTS.flatMap((v) => Object.values(v.history).flat()).map((row) => row[curve]).filter(Number.isFinite);
  const low = Math.min(...values), high = Math.max(...values), room = (high - low || 1) * 0.05;
  const x = scale(1, Math.max(2, lastEpoch), left + 8, width - right), y = scale(low - room, high + room, height - bottom, top);
  const path = (points) => points.map(([n, value], place) => `${place ? "L" : "M"}${x(n).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Loss by epoch of every variant and seed; the same numbers are in a table below" },
    ticks(low - room, high + room, 5).map((mark) => [
      draw("line", { class: "grid", x1: left, x2: width - right, y1: y(mark), y2: y(mark) }),
      draw("text", { class: "tick", x: left - 7, y: y(mark) + 4, "text-anchor": "end" }, String(mark))]),
    epochs.filter((n) => lastEpoch <= 15 || n % 5 === 0 || n === 1).map((n) => draw("text", { class: "tick", x: x(n), y: height - 8, "text-anchor": "middle" }, String(n))),
    draw("line", { class: "cursor", x1: x(epoch), x2: x(epoch), y1: top, y2: height - bottom }),
    VARIANTS.map((variant, place) => draw("g", { class: "variant", style: colour(variant) },
      SEEDS[place] < 2 ? null : Object.values(variant.history).map((rows) =>
        draw("path", { class: "seed", d: path(rows.filter((row) => Number.isFinite(row[curve])).map((row) => [row.epoch, row[curve]])) })),
      draw("path", { class: "curve", d: path(epochs.map((n) => [n, at(variant, n)]).filter(([, value]) => value !== null)) }),
      at(variant, epoch) === null ? null : draw("circle", { class: "dot full", cx: x(epoch), cy: y(at(variant, epoch)), r: 4.5 }))));
  svg.addEventListener("pointermove", (event) => {
    const inside = event.clientX - svg.getBoundingClientRect().left;
    const nearest = epochs.reduce((best, n) => (Math.abs(x(n) - inside) < Math.abs(x(best) - inside) ? n : best));
    if (nearest !== epoch) moveCursor(nearest);
  });
  return svg;
}

const paintForest = chart($("forest"), forest);
const paintCurves = chart($("curves"), curves);

function moveCursor(to) {
  epoch = to;
  $("epoch").value = String(epoch);
  $("epoch-shown").textContent = `${epoch} of ${lastEpoch}`;
  $("reading").replaceChildren(make("ul", { class: "keys" }, VARIANTS.map((variant) => {
    const value = at(variant, epoch);
    return make("li", { style: colour(variant) }, make("i", { class: "key" }), variant.name, make("b", {}, value === null ? "–" : value.toFixed(3)));
  })));
  paintCurves();
}

function runButton(variant, text) {
  return make("button", { type: "button", class: "number", onclick: () => openRun(variant), title: `where this number of ${variant.name} comes from` }, text);
}

const FIRST = ["lesson_loss", "bleu_beam", "exact", "chrf_beam"]; // columns that need no scrolling on most screens

function scoreTable() {
  const columns = [...FIRST.map((key) => DATA.scores.find((each) => each.key === key)).filter(Boolean), ...DATA.scores.filter((each) => !FIRST.includes(each.key))];
  const published = VARIANTS.some((variant) => variant.published !== null);
  const chosen = (key) => (key === score.key ? "chosen" : false);
  $("scores").replaceChildren(
    make("caption", { class: "hidden" }, "Every score of every variant: mean over seeds and half of its 95 % interval"),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "variant"), DATA.ideas.map((idea) => make("th", { scope: "col", class: "idea" }, idea)),
      columns.map((each) => [
        make("th", { scope: "col", class: chosen(each.key) }, each.title),
        each.key === "lesson_loss" ? [published ? make("th", { scope: "col" }, "published") : null, make("th", { scope: "col" }, "other than the row above?")] : null]))),
    make("tbody", {}, VARIANTS.map((variant) => make("tr", {},
      make("th", { scope: "row", style: colour(variant) }, make("i", { class: "key" }), variant.name),
      variant.ideas.map((has) => make("td", { class: "idea" }, has ? make("span", {}, make("span", { "aria-hidden": "true" }, "✓"), make("span", { class: "hidden" }, "yes")) : "")),
      columns.map((each) => [
        make("td", { class: chosen(each.key) }, runButton(variant, interval(variant.scores[each.key], each))),
        each.key === "lesson_loss" ? [published ? make("td", {}, variant.published === null ? "" : variant.published.toFixed(3)) : null, make("td", { class: "verdict" }, variant.verdict)] : null])))));
}

function epochTable() {
  $("epochs").replaceChildren(
    make("thead", {}, make("tr", {}, ["variant", "seed", "epoch", ...Object.values(DATA.curves)].map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, VARIANTS.flatMap((variant) => Object.entries(variant.history).flatMap(([seed, rows]) => rows.map((row) =>
      make("tr", {}, make("th", { scope: "row" }, variant.name), make("td", {}, seed), make("td", {}, String(row.epoch)),
        Object.keys(DATA.curves).map((key) => make("td", {}, Number.isFinite(row[key]) ? row[key].toFixed(3) : ""))))))));
}

$("epoch").max = String(lastEpoch);
$("epoch").addEventListener("input", () => moveCursor(Number($("epoch").value)));
choice($("score-choice"), "score", "Score", DATA.scores.map((each) => [each.key, each.title]), "lesson_loss", (key) => {
  score = DATA.scores.find((each) => each.key === key);
  $("forest-title").textContent = score.title[0].toUpperCase() + score.title.slice(1) + (score.lower ? ": lower is better" : ": higher is better");
  paintForest();
  scoreTable();
});
choice($("curve-choice"), "curve", "Loss", Object.entries(DATA.curves), curve, (key) => { curve = key; moveCursor(epoch); });
epochTable();

{
  const first = VARIANTS[0], last = VARIANTS.reduce((best, v) => (v.scores.bleu_beam.mean > best.scores.bleu_beam.mean ? v : best));
  const bleu = (variant) => variant.scores.bleu_beam.mean.toFixed(1);
  const [from, to] = DATA.languages;
  $("lead").textContent = `${DATA.training.toLocaleString("en")} pairs of ${from} sentences and their ${to} translations teach a recurrent network to translate. ` +
    `From “${first.name}” to “${last.name}” its BLEU goes from ${bleu(first)} to ${bleu(last)}, on ${DATA.validation.toLocaleString("en")} pairs that it has not seen.`;
  const licence = DATA.source.licence ? ` Its licence: ${DATA.source.licence.replace(/\.$/, "")}.` : "";
  $("progression-note").textContent = `Corpus “${DATA.source.name}”: ${DATA.source.description} Losses are in nats a token. The lesson's loss is free-running and counts padding; token losses ` +
    `count real tokens alone; forced: given the true previous words. Intervals rest on the spread of all variants' seeds.${licence}`;
}

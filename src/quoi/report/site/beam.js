// The beam: every hypothesis that the search has kept, as a tree that grows to the right.

const COLUMN = 106, LEVEL = 24;
let beamVariant = VARIANTS[VARIANTS.length - 1];

/** A tree's nodes with children, depth and a line for each: siblings in the order of their log-probability. */
function grown({ nodes, best }) {
  const all = nodes.map(([parent, word, logProbability, score], place) => ({ place, parent, word, logProbability, score, children: [], depth: 0, best: false }));
  for (const node of all) {
    if (node.parent >= 0) { node.depth = all[node.parent].depth + 1; all[node.parent].children.push(node); }
  }
  for (const place of best) all[place].best = true;
  let line = 0;
  const order = (list) => [...list].sort((one, other) => other.best - one.best || other.logProbability - one.logProbability);
  const put = (node) => {
    order(node.children).forEach(put);
    node.line = node.children.length ? order(node.children)[0].line : line++;
  };
  order(all.filter((node) => node.parent < 0)).forEach(put);
  return { all, lines: line };
}

function words(all, node) {
  const path = [];
  for (let each = node; each; each = all[each.parent]) path.unshift(each.word);
  return path;
}

function beamTree() {
  const sample = DATA.beams[beamVariant.name][questions.at];
  const { all, lines } = grown(sample);
  const x = (node) => 10 + node.depth * COLUMN, y = (node) => 16 + node.line * LEVEL;
  const width = 20 + (Math.max(...all.map((node) => node.depth)) + 1) * COLUMN + 60, height = 16 + lines * LEVEL;
  const chance = (node) => Math.exp(node.logProbability - (node.parent < 0 ? 0 : all[node.parent].logProbability));
  const read = (node) => {
    for (const each of drawn) each.classList.remove("read");
    for (let each = node; each; each = all[each.parent]) drawn[each.place].classList.add("read");
    $("beam-said").textContent = `“${isolated(words(all, node).map(shownWord).join(" "))}”: log-probability ${signed(node.logProbability, 2)}, its last word ${percent(chance(node))} likely` +
      (node.score === null ? "" : `; ended, score ${signed(node.score, 3)}`) + (node.best ? "; on the best path" : "");
  };
  const links = all.map((node) => {
    const from = node.parent < 0 ? null : all[node.parent];
    if (!from) return null;
    const start = x(from) + Math.min(COLUMN - 20, 10 + (from.best ? 8.1 : 7.2) * shortened(shownWord(from.word)).length), middle = (start + x(node)) / 2;
    return draw("path", { class: node.best ? "link best" : "link", "stroke-width": 1 + 3 * chance(node), d: `M${start} ${y(from)}C${middle} ${y(from)} ${middle} ${y(node)} ${x(node) - 4} ${y(node)}` });
  });
  const drawn = all.map((node) => draw("g", { class: `node${node.best ? " best" : ""}${node.score === null ? "" : " ended"}`, tabindex: node.place ? -1 : 0, role: "button",
    "aria-label": words(all, node).map(shownWord).join(" "), transform: `translate(${x(node)} ${y(node)})`,
    onpointerenter: () => read(node), onclick: () => read(node), onfocus: () => read(node), onkeydown: (event) => climb(event, all, drawn, node) },
  draw("rect", { class: "ground", x: -5, y: -11, width: COLUMN - 12, height: 22, rx: 5 }),
  draw("text", { y: 4.5 }, shortened(shownWord(node.word)), node.score === null ? null : draw("tspan", { class: "score", dx: 6 }, signed(node.score, 2)))));
  return draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "variant", lang: TAGS[1], style: colour(beamVariant), role: "group", "aria-label": "The tree of hypotheses; the ended ones are in the table below" }, links, drawn);
}

const letters = new Intl.Segmenter();
const shortened = (word) => (word.length > 11 ? `${[...letters.segment(word)].slice(0, 10).map(({ segment }) => segment).join("")}…` : word);

/** Left to the parent, right to the likeliest child, up and down within the same length. */
function climb(event, all, drawn, node) {
  const level = all.filter((each) => each.depth === node.depth).sort((one, other) => one.line - other.line);
  const place = level.indexOf(node);
  const to = { ArrowLeft: all[node.parent], ArrowRight: node.children[0], ArrowUp: level[place - 1], ArrowDown: level[place + 1] }[event.key];
  if (!event.key.startsWith("Arrow")) return;
  event.preventDefault();
  if (to) drawn[to.place].focus();
}

function endedTable() {
  const { all } = grown(DATA.beams[beamVariant.name][questions.at]);
  const ended = all.filter((node) => node.score !== null).sort((one, other) => other.score - one.score);
  $("ended").replaceChildren(
    make("caption", { class: "hidden" }, "Hypotheses that have ended, best first"),
    make("thead", {}, make("tr", {}, ["translation", "score", "log-probability", "words"].map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, ended.map((node) => make("tr", { class: node.best ? "chosen" : false }, make("th", { scope: "row", lang: TAGS[1], dir: "auto" }, words(all, node).filter((word) => word !== "_eos_").join(" ")),
      make("td", {}, signed(node.score, 3)), make("td", {}, signed(node.logProbability, 2)), make("td", {}, String(node.depth + 1))))));
}

function paintBeam() {
  if (!VARIANTS[0].samples.length) return;
  $("tree").replaceChildren(beamTree());
  $("tree").scrollLeft = 0;
  const power = DATA.search.length_exponent;
  $("beam-said").textContent = `Score: log-probability divided by the number of words${power === 1 ? "" : ` to the power ${power}`}. Point at a word to read its hypothesis.`;
  endedTable();
}
questions.views.push(paintBeam);
choice($("beam-choice"), "beam-variant", "Variant", VARIANTS.map((variant) => [variant.name, variant.name]), beamVariant.name, (name) => {
  beamVariant = VARIANTS.find((variant) => variant.name === name);
  paintBeam();
});

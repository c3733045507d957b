// Attention: the same sentence by every variant, two columns of words each and lines between them.

const ROW = 30;
let step = 1;
let pointed = null; // { card, side, place }; a source word is pointed at in all cards at once
let reading = "free"; // what a decoder reads: its own words, the reference's (forced), or both, side by side

/** A question as a variant decodes it: the words of both sides, its attention, and what is said above. */
function decoded(variant, forced) {
  const sample = samples(variant), told = DATA.beams[variant.name][questions.at].forced;
  if (!forced) {
    const exact = sample.reference && sample.beam.trim() === sample.reference.trim();
    return { sides: [sample.source_tokens, sample.target_tokens], weights: sample.attention, title: variant.name,
      above: [sample.beam, exact ? make("span", { class: "tick-mark", title: "equals the reference" }, " ✓") : null] };
  }
  const right = told.words.filter((word, place) => word === told.expected[place]).length;
  return { sides: [sample.source_tokens, told.words], weights: told.attention, told, title: `${variant.name} forced`, above: [`expected ${right} of ${told.words.length} words`] };
}

/** One variant's card: its words, and `paint`, which shows the step and what is pointed at. */
function attentionCard({ variant, forced }, number) {
  const { sides, weights, told, title, above } = decoded(variant, forced);
  const lines = draw("svg", { class: "lines", viewBox: `0 0 100 ${ROW * Math.max(...sides.map((side) => side.length))}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  lines.style.height = `${ROW * Math.max(...sides.map((side) => side.length))}px`;
  const paths = (weights || []).map((row, t) => row.map((_, s) =>
    lines.appendChild(draw("path", { d: `M0 ${(s + 0.5) * ROW}C50 ${(s + 0.5) * ROW} 50 ${(t + 0.5) * ROW} 100 ${(t + 0.5) * ROW}` }))));
  const said = make("p", { class: "said", "aria-live": "polite" });
  const words = sides.map((side, which) => side.map((word, place) => {
    const point = () => { pointed = { card: number, side: which, place }; paintCards(); };
    return make("button", { type: "button", class: "word", dir: "auto", title: shownWord(word), tabindex: place ? -1 : 0, onpointerenter: point, onfocus: point, onclick: point, disabled: !weights,
      onkeydown: (event) => walk(event, words, which, place) }, shownWord(word), which && told ? expectation(told, place) : null);
  }));
  const leave = () => { pointed = null; paintCards(); };

  function paint() {
    const side = pointed && (pointed.side === 0 || pointed.card === number) ? pointed.side : null;
    const seen = Math.min(step, sides[1].length);
    const weight = (s, t) => (t < seen ? weights[t][s] : 0);
    const strength = (s, t) => {
      if (side !== null) return (side === 0 ? s : t) === pointed.place ? weight(s, t) : 0;
      return weight(s, t) * (seen === sides[1].length || t === seen - 1 ? 1 : 0.3);
    };
    paths.forEach((row, t) => row.forEach((path, s) => {
      const strong = strength(s, t);
      path.style.opacity = strong < 0.02 ? 0 : Math.min(1, 0.12 + strong);
      path.style.strokeWidth = `${0.5 + 6 * strong}px`;
    }));
    words.forEach((column, which) => column.forEach((button, place) => {
      button.classList.toggle("unwritten", which === 1 && place >= seen);
      button.classList.toggle("now", which === 1 && place === seen - 1 && seen < sides[1].length);
      let shade = 0;
      if (weights && side === 0 && which === 1) shade = weight(pointed.place, place);
      if (weights && side === 1 && which === 0) shade = weight(place, pointed.place);
      button.classList.toggle("pointed", which === side && place === pointed.place && Boolean(weights));
      button.style.setProperty("--share", `${Math.round(45 * shade)}%`);
    }));
    said.textContent = weights ? spoken(side) : "No attention: all that the decoder knows of the sentence is one vector.";
  }

  function spoken(side) {
    if (side === null) return "";
    const given = (place) => (side === 0 ? weights.slice(0, step)[place]?.[pointed.place] : weights[pointed.place]?.[place]) || 0;
    const others = sides[1 - side].map((word, place) => [isolated(shownWord(word)), given(place)]).sort((one, other) => other[1] - one[1]).slice(0, 3).filter(([, share]) => share >= 0.005);
    const chance = side && told ? ` (${percent(told.chances[pointed.place])} likely)` : "";
    return `“${isolated(shownWord(sides[side][pointed.place]))}”${chance} ${side ? "looks at" : "is looked at by"} ${others.map(([word, share]) => `“${word}” ${percent(share)}`).join(", ") || "none"}`;
  }

  const id = `card-${number}`;
  return { paint, length: sides[1].length, node: make("article", { class: `card${weights ? " attends" : ""}${forced ? " forced" : ""}`, style: colour(variant), "aria-labelledby": id, onpointerleave: leave, onfocusout: leave },
    make("h3", { id }, make("i", { class: "key" }), variant.name, forced ? make("small", {}, " forced") : null),
    make("p", { class: "translation", lang: forced ? null : TAGS[1], dir: "auto" }, above),
    make("div", { class: "columns" },
      make("div", { class: "column source", lang: TAGS[0], role: "group", "aria-label": `${DATA.languages[0]} words` }, words[0]), lines,
      make("div", { class: "column target", lang: TAGS[1], role: "group", "aria-label": `${DATA.languages[1]} words, by ${title}` }, words[1])),
    said,
    weights ? weightTable(title, sides, weights) : null) };
}

/** What a decoder would have written in place of a true word. */
function expectation({ words, expected }, place) {
  return words[place] === expected[place] ? null : make("small", { class: "expected" }, make("span", { class: "hidden" }, ", expected: "), shownWord(expected[place]));
}

/** Arrow keys go up and down a column, and across to the other. */
function walk(event, words, which, place) {
  const moves = { ArrowDown: [which, place + 1], ArrowUp: [which, place - 1], ArrowLeft: [0, place], ArrowRight: [1, place], Home: [which, 0], End: [which, words[which].length - 1] };
  if (!(event.key in moves)) return;
  event.preventDefault();
  const [column, row] = moves[event.key];
  const written = words[column].filter((button) => !button.classList.contains("unwritten"));
  written[Math.max(0, Math.min(written.length - 1, row))].focus();
}

function weightTable(title, [source, target], weights) {
  return make("details", {}, make("summary", {}, "Weights as a table"),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Attention weights of ${title}, in percent` }, make("table", {},
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "%"), source.map((word) => make("th", { scope: "col", lang: TAGS[0], dir: "auto" }, shownWord(word))))),
      make("tbody", {}, target.map((word, t) => make("tr", {}, make("th", { scope: "row", lang: TAGS[1], dir: "auto" }, shownWord(word)), weights[t].map((weight) => make("td", {}, String(Math.round(100 * weight))))))))));
}

let cards = [];
function paintCards() {
  for (const card of cards) card.paint();
  $("step-shown").textContent = `${step} of ${$("step").max}`;
}

function drawCards() {
  pointed = null;
  const sample = samples(VARIANTS[0]), { reference } = sample; // a question typed into the live page has none
  const ways = reference ? { free: [false], forced: [true], both: [false, true] }[reading] : [false];
  $("reading-choice").hidden = !reference;
  cards = VARIANTS.flatMap((variant) => ways.map((forced) => ({ variant, forced }))).map(attentionCard);
  $("attention-reference").replaceChildren(make("span", { lang: TAGS[0], dir: "auto" }, sample.source), reference && make("span", { lang: TAGS[1], dir: "auto" }, reference), make("small", {}, reference ? "sentence and its reference" : "a sentence without a reference"));
  step = Math.max(...cards.map((card) => card.length));
  $("step").max = String(step);
  $("step").value = String(step);
  $("cards").replaceChildren(...cards.map((card) => card.node));
  paintCards();
}
questions.views.push(drawCards);
$("step").addEventListener("input", () => { step = Number($("step").value); pointed = null; paintCards(); });
if (VARIANTS[0].samples.length) {
  choice($("reading-choice"), "reading", "Which words a decoder reads", [["free", "reads its own words"], ["forced", "reads the reference's (forced)"], ["both", "both, side by side"]], reading, (way) => { reading = way; drawCards(); });
}

// The live page: questions and pictures of one's own, answered by the models behind it.

/** What the server answers to some bytes. Throws its one sentence. */
async function ask(path, body, signal) {
  const answer = await fetch(path, { method: "POST", body, signal }).catch((error) => {
    throw signal?.aborted ? error : new Error("There is no answer: quoi app is not running any more.");
  });
  const told = await answer.json().catch(() => ({ error: "There is no answer: quoi app has failed, or is being ended." }));
  if (!answer.ok) throw new Error(told.error);
  return told;
}

/** A function that calls `run` with a value after some quiet milliseconds, and gives up what it has begun before; null
 * only does the latter. */
function latest(run, wrong) {
  let timer, begun;
  return (value, quiet = 0) => {
    clearTimeout(timer);
    begun?.abort();
    const { signal } = begun = new AbortController();
    if (value !== null) timer = setTimeout(() => run(value, signal).catch((error) => { if (!signal.aborted) wrong(error.message); }), quiet);
  };
}

function tell(place, text, wrong = false) {
  place.textContent = text;
  place.classList.toggle("wrong", wrong);
}

// A question of one's own is one more of the page's questions, behind its own ones.
const OWN = VARIANTS[0].samples.length;
const WORDS = /\s*(?:[\p{L}\p{N}][^\s?!.,;:]*|\S)/gu;
let before = null; // the question that is being edited, and its translations

const shown = () => ({ source: samples(VARIANTS[0]).source, translations: VARIANTS.map((variant) => samples(variant).beam) });

function startQuestion() {
  const asked = make("input", { type: "search", id: "asked", lang: TAGS[0], dir: "auto", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": "asked-said" });
  const said = make("p", { class: "said wide", id: "asked-said", role: "status" });
  const options = [...document.querySelectorAll("select.sentence")].map((select) => [select, make("option", { value: OWN })]);
  document.querySelector("#attention .controls").before(
    make("div", { class: "controls" }, make("label", { class: "choice asks" }, make("span", {}, `a sentence of your own, in ${DATA.languages[0]}: type, or edit the one that is shown`), asked)), said);

  // `whole`: ended by Enter, so it is compared with nothing, and the next edit is compared with it.
  const translate = latest(async ({ text, whole }, signal) => {
    const { remarks, variants } = await ask("translate", text, signal);
    for (const variant of VARIANTS) {
      variant.samples[OWN] = variants[variant.name].sample;
      DATA.beams[variant.name][OWN] = variants[variant.name].tree;
    }
    for (const [select, option] of options) { option.textContent = `your own: ${text}`; select.append(option); }
    chooseQuestion(OWN);
    const base = whole ? null : edited();
    if (!base) before = shown();
    const changed = base && VARIANTS.filter((variant, number) => samples(variant).beam !== base.translations[number]).length;
    tell(said, [base && `${changed} of ${VARIANTS.length} translations differ from those of “${isolated(base.source)}”${changed ? ": new words are underlined, and those that are gone are struck out" : ""}.`,
      ...remarks.map((remark) => `${remark[0].toUpperCase()}${remark.slice(1)}.`)].filter(Boolean).join(" "));
  }, (sentence) => tell(said, sentence, true));

  asked.addEventListener("focus", () => { before = shown(); });
  asked.addEventListener("input", () => {
    if (asked.value.trim()) translate({ text: asked.value.trim() }, 120);
    else { translate(null); tell(said, "Nothing is asked yet."); }
  });
  asked.addEventListener("keydown", (event) => { if (event.key === "Enter" && asked.value.trim()) translate({ text: asked.value.trim(), whole: true }); });
  questions.views.push(() => {
    if (questions.at !== OWN) { translate(null); before = null; tell(said, ""); }
    if (questions.at !== OWN || document.activeElement !== asked) asked.value = samples(VARIANTS[0]).source;
  });
  new MutationObserver(compare).observe($("cards"), { childList: true });
}

/** The question that the shown one was made of by changing at most two words; null where there is none. */
function edited() {
  if (questions.at !== OWN || !before || before.source === samples(VARIANTS[0]).source) return null;
  const [was, is] = [before.source, samples(VARIANTS[0]).source].map((text) => text.match(WORDS) || []);
  return Math.max(was.length, is.length) - shared(was, is).length <= 2 ? before : null;
}

/** What the edit has changed, on the cards, as often as they are drawn. */
function compare() {
  const base = edited();
  if (!base) return;
  VARIANTS.forEach((variant, number) => {
    const card = [...document.querySelectorAll("#cards .card")].find((each) => each.querySelector("h3").textContent === variant.name);
    const [was, is] = [base.translations[number], samples(variant).beam].map((text) => text.match(WORDS) || []);
    const place = card.querySelector(".translation"), common = shared(was, is);
    place.replaceChildren(...marked(is, common.map(([, at]) => at), "ins", "new: "));
    place.after(make("p", { class: "before" }, "before: ", common.length === Math.max(was.length, is.length) ? "the same" : make("bdi", { lang: TAGS[1] }, marked(was, common.map(([at]) => at), "del", "gone: "))));
  });
}

/** The longest run of words, in order, that two translations share: pairs of their places. */
function shared(one, other) {
  const same = (i, j) => one[i].trim() === other[j].trim();
  const best = Array.from({ length: one.length + 1 }, () => Array(other.length + 1).fill(0));
  for (let i = one.length - 1; i >= 0; i--) for (let j = other.length - 1; j >= 0; j--) best[i][j] = same(i, j) ? 1 + best[i + 1][j + 1] : Math.max(best[i + 1][j], best[i][j + 1]);
  const pairs = [];
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    if (same(i, j)) pairs.push([i++, j++]);
    else if (best[i + 1][j] >= best[i][j + 1]) i++;
    else j++;
  }
  return pairs;
}

/** Words, those that are not kept in an element of their own, which a screen reader is told of. */
const marked = (words, kept, tag, spoken) => words.flatMap((word, at) =>
  (kept.includes(at) ? word : [word.match(/^\s*/u)[0], make(tag, {}, make("span", { class: "hidden" }, spoken), word.trim())]));

function startPictures() {
  const input = make("input", { type: "file", id: "picture", accept: "image/*,.heic,.heif" });
  const drop = make("label", { class: "drop" }, make("span", {}, "or a picture of your own: drop it anywhere on this page, or choose a file"), input);
  const kin = make("div", { class: "kin", hidden: true });
  let own = null; // the first of the pictures found by one's own
  const unseen = new Set(PICTURES.unseen.map((row) => PICTURES.labels[row]));
  document.querySelector(".search-box").append(drop);
  $("found-said").before(kin);

  const list = (title, hits) => make("div", {}, make("h3", {}, title), make("ol", {}, hits.map(([name, cosine]) =>
    make("li", {}, make("span", {}, name, unseen.has(name) ? make("em", { class: "mark" }, " unseen") : null), make("span", { class: "cosine" }, cosine.toFixed(2))))));
  const search = latest(async (file, signal) => {
    tell($("found-said"), `Looking at ${file.name} …`);
    const { vector, classes, nouns } = await ask("picture", file, signal);
    const picture = make("img", { src: URL.createObjectURL(file), alt: `your picture, ${file.name}`, onload: () => URL.revokeObjectURL(picture.src), onerror: () => picture.remove() });
    kin.replaceChildren(make("div", {}, picture), list("Nearest names", classes), list("Nearest of WordNet's nouns", nouns));
    showFound(`Nearest to your picture ${file.name}, whose nearest name is “${classes[0][0]}”`, nearest(vector));
    [own, kin.hidden] = [$("found").firstChild, false];
  }, (sentence) => { tell($("found-said"), sentence, true); kin.hidden = true; });
  new MutationObserver(() => { kin.hidden = $("found").firstChild !== own; }).observe($("found"), { childList: true });

  input.addEventListener("change", () => { if (input.files.length) search(input.files[0]); input.value = ""; });
  for (const event of ["dragover", "dragleave", "drop"]) document.addEventListener(event, (dragged) => {
    if (![...dragged.dataTransfer.types].includes("Files")) return;
    dragged.preventDefault();
    drop.classList.toggle("over", event === "dragover");
    if (event === "drop" && dragged.dataTransfer.files.length) { search(dragged.dataTransfer.files[0]); $("search").scrollIntoView(); }
  });
}

/** The page knows the most frequent words; the server knows all that `quoi search` does. */
function startWords() {
  const known = searchWords;
  const search = latest(async (text, signal) => {
    const { vector } = await ask("place", text, signal);
    showFound(`Nearest to ${text}`, nearest(vector));
  }, (sentence) => tell($("found-said"), sentence, true));
  window.searchWords = (text) => {
    search(null);
    known(text);
    if ($("found-said").classList.contains("wrong")) search(text.trim(), 120);
  };
  $("search-size").textContent = $("search-size").textContent.replace(/[\d,]+(?= words$)/u, PICTURES.known.toLocaleString("en"));
}

if (OWN) startQuestion();
if (PICTURES) { startWords(); startPictures(); }
document.querySelector("footer").prepend(make("p", {}, "This page is live: the models, as they were when quoi app was started, answer sentences and pictures of your own. Nothing that you enter leaves this machine."));

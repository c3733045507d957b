// Where a number comes from: a variant's trainings, what they read and left, and how to make them again.

function openRun(variant) {
  const seeds = Object.keys(variant.history);
  const own = Object.entries(variant.settings);
  const listed = (rows) => make("table", {}, make("tbody", {}, rows.map(([key, value]) =>
    make("tr", {}, make("th", { scope: "row" }, key), make("td", { class: "plain" }, value)))));
  const files = (entries) => make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Files and their MD5 digests" },
    make("table", { class: "files" }, make("thead", {}, make("tr", {}, ["what", "path", "MD5"].map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, Object.entries(entries).map(([path, { what, md5 }]) => make("tr", {},
        make("th", { scope: "row" }, what), make("td", { class: "plain" }, make("code", {}, path)), make("td", { class: "plain" }, make("code", {}, md5)))))));
  const value = (setting) => (setting === null ? "–" : typeof setting === "object" ? JSON.stringify(setting) : String(setting));
  const folder = `translation/variants/${variant.name}`;
  const commands = [
    ["train it again, if anything has changed", `dvc repro train@${variant.name}`],
    ["run it anew from its recorded inputs and compare every byte", `quoi verify train@${variant.name}`],
    ["print what a training stands on, up to the raw data, with its commit", `quoi runs where ${variant.name}-${variant.best_seed}`],
  ];
  $("run").replaceChildren(
    make("div", { class: "dialog-head", style: colour(variant) },
      make("h2", { id: "run-title" }, make("i", { class: "key" }), `Where the numbers of “${variant.name}” come from`),
      make("button", { type: "button", class: "close", onclick: () => $("run").close(), "aria-label": "Close" }, "×")),
    make("h3", {}, "Scores of each training"),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Scores by seed" },
      make("table", {},
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "score"), seeds.map((seed) => make("th", { scope: "col" }, `seed ${seed}${Number(seed) === variant.best_seed ? " (best)" : ""}`)), make("th", { scope: "col" }, "mean, 95 %"))),
        make("tbody", {}, DATA.scores.map((each) => make("tr", {}, make("th", { scope: "row" }, each.title),
          seeds.map((seed) => make("td", {}, written(variant.scores[each.key].seeds[seed], each))),
          make("td", {}, interval(variant.scores[each.key], each))))))),
    make("h3", {}, "How to make them again"),
    make("ul", { class: "commands" }, commands.map(([why, command]) => make("li", {}, make("code", {}, command), make("span", {}, why)))),
    make("h3", {}, "What it has read"), files(DATA.read),
    make("h3", {}, "What it has left"), files(variant.made),
    make("p", { class: "links" }, make("a", { href: `${folder}/metrics.json` }, "scores and samples"), make("a", { href: `${folder}/history.csv` }, "losses by epoch"),
      make("a", { href: `translation/cards/${variant.name}.md` }, "model card"), make("a", { href: `checks/stages/train@${variant.name}.json` }, "what the training measured of itself")),
    make("h3", {}, "Its settings"),
    listed(own.filter(([key, setting]) => JSON.stringify(setting) !== JSON.stringify(VARIANTS[0].settings[key]) || ["bidirectional", "forcing", "attention", "cell", "hidden", "epochs"].includes(key)).map(([key, setting]) => [key, value(setting)])),
    make("details", {}, make("summary", {}, "All parameters of the pipeline"), listed(Object.entries(variant.parameters).map(([key, setting]) => [key, value(setting)]))));
  $("run").showModal();
  $("run").scrollTop = 0;
}
$("run").addEventListener("click", (event) => { if (event.target === $("run")) $("run").close(); });

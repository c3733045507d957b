"""Which: one of several, as subject, object, or with a preposition."""

from dataclasses import replace

from ..frame import city, country, either, frame, noun
from ..phrases import PRONOUNS

# fmt: off

frame("Which {k:asked} {k:q}?", "{k:quel} ?", 28, k=lambda g: g.questions.which())
frame("Which {k:asked} {k:q}?", "{k:quel} ?", 3, k=lambda g: g.questions.which(rules="inst"))
frame("Which {k:asked} {k:gap}?", "{k:quel} ?", 16, k=lambda g: g.questions.who(which=True))
frame("Which {k:asked} {k:gap}?", "{k:quel} ?", 8, k=lambda g: g.questions.who(which=True, rules="inst"))
frame("Which {k:asked} {k:gap}?", "{k:quel} ?", 8,
      k=lambda g: g.questions.who(which=True, file="verbs_alone", rules="event"))
frame("Which {k:asked} {k:q} and why?", "{k:quel} et pourquoi ?", 1.5, k=lambda g: g.questions.which(time=0))
frame("Which of {n} {k:gap}?", "{n:lequel} de {n} {k:gap} ?; Qui parmi {n} {k:gap} ?", 3,
      n=noun("people", "this", 0.2, "many"),
      k=lambda g, n: replace(g.questions.who(), subject=PRONOUNS["she" if n.gender == "f" else "he"]))
frame("Which is better, {a} or {b}?; Which is best, {a} or {b}?",
      "Lequel est le meilleur, {a} ou {b} ?; Qu'est-ce qui est mieux, {a} ou {b} ?", 2,
      a=noun("goods.vehicle goods.instrument places.stay animals.pet", "a", number="one"),
      b=lambda g, a: g.nouns.sibling(a, "goods.vehicle goods.instrument places.stay animals.pet", "a", same=True))
frame("Which country is bigger, {a} or {b}?; Which country is larger, {a} or {b}?",
      "Quel pays est le plus grand, {a} ou {b} ?; Quel est le plus grand pays, {a} ou {b} ?", 1.5,
      a=country, b=lambda g, a: g.nouns.country(a))
frame("Which city is further north, {a} or {b}?", "Quelle ville est la plus au nord, {a} ou {b} ?", 1.5,
      a=city, b=lambda g, a: g.nouns.city(a))
frame("Which countries border {c}?; Which countries share a border with {c}?",
      "Quels pays sont limitrophes de {c} ?; Quels pays ont une frontière commune avec {c} ?",
      c=country)
frame("Which countries produce {n}?; Which countries export {n}?",
      "Quels pays produisent {n} ?; Quels sont les pays qui produisent {n} ?", 1.5,
      n=either(0.4, lambda g: g.nouns.series("materials"), noun("materials food.crop", "some", number="many")))
frame("Which languages are spoken in {c}?",
      "Quelles langues sont parlées {c:in} ?; Quelles langues parle-t-on {c:in} ?",
      c=either(0.3, city, country))
frame("Which train should I take to get to {c}?; Which train goes to {c}?",
      "Quel train dois-je prendre pour aller {c:in} ?; Quel train faut-il prendre pour aller {c:in} ?",
      c=city)
frame("Which do you prefer, {a} or {b}?; Which do you like better, {a} or {b}?",
      "Que préférez-vous, {a} ou {b} ?; Qu'est-ce que tu préfères, {a} ou {b} ?; Que préfères-tu, {a} ou {b} ?", 2,
      a=noun("food.eat food.drink subjects nature.land", "all", number="many"),
      b=lambda g, a: g.nouns.sibling(a, "food.eat food.drink subjects nature.land", "all", number="many"))
frame("Which form should I use to {v:base}?; Which form do I need to {v:base}?",
      "Quel formulaire dois-je utiliser pour {v:inf} ?; De quel formulaire ai-je besoin pour {v:inf} ?", 3,
      v=lambda g: g.complex.errand("i"))
frame("Which office do I contact if {k}?; Which department should I contact if {k}?",
      "À quel bureau dois-je m'adresser si {k} ?; Quel service faut-il contacter si {k} ?", 3,
      k=lambda g: g.complex.condition(person="i"))
frame("Which chapter of {n} deals with {m}?; Which part of {n} is about {m}?",
      "Quel chapitre de {n} porte sur {m} ?; Quelle partie de {n} traite de {m} ?", 2,
      n=noun("docs.text docs.rule", "the this", 0.3, "one"), m=noun("ideas subjects.study", "all", 0.1, "many"))
frame("Which {n:bare} {n:is} closest to {m}?; Which {n:bare} {n:is} the nearest to {m}?",
      "{n:quel} {n:bare} {n:est} {n:le} plus proche de {m} ?; {n:quel} {n:bare} {n:est} {n:le} plus près de {m} ?", 2,
      n=noun("places.public", "the", number="one"),
      m=either(0.3, city, noun("places.public places.sight", "the our tu", number="one")))
frame("Which {n:bare} {n:is} the most important for {s}?",
      "{n:quel} {n:bare} {n:est} {n:le} plus {n:=important} pour {s} ?", 3,
      n=noun("ideas.policy docs.plan docs.rule ideas.issue events.civic", "the", number="one"),
      s=either(0.3, country, noun("people inst", "the", 0.2)))
frame("Which countries have signed {n}?; Which states have signed {n}?",
      "Quels pays ont signé {n} ?; Quels États ont signé {n} ?", 1.5,
      n=noun("docs.sign docs.rule", "the this", 0.4, "one"))
frame("Which {n:bare} would you recommend to {s} who {r:gap}?",
      "{n:quel} {n:bare} recommanderiez-vous à {s} qui {r:gap} ?; "
      "{n:quel} {n:bare} conseilleriez-vous à {s} qui {r:gap} ?", 3,
      n=noun("goods.work places.stay places.eat docs.text goods.vehicle", "the", number="one"),
      s=noun("people.travel people.learner people.customer", "a", number="one"), r=lambda g, s: g.complex.wishing(s))
frame("Which {n:bare} {n:does} not work?; Which {n:bare} {n:is} broken?",
      "{n:quel} {n:bare} ne {n:!marcher} pas ?; {n:quel} {n:bare} {n:est} en panne ?", 1.5,
      n=noun("goods.machine", "the", 0.1))
frame("Which bus goes from {a} to {b}?; Which bus do I take from {a} to {b}?",
      "Quel bus va de {a} à {b} ?; Quel autobus faut-il prendre pour aller de {a} à {b} ?", 2,
      a=noun("places.public", "the", number="one"), b=lambda g, a: g.nouns.sibling(a, "places.public", "the"))
frame("Which colour goes best with {n}?", "Quelle couleur va le mieux avec {n} ?",
      n=noun("goods.clothes goods.furniture", "a this", 0.3, "one"))
frame("Which political parties support {n}?; Which parties are in favour of {n}?",
      "Quels partis politiques soutiennent {n} ?; Quels partis sont favorables à {n} ?", 1.5,
      n=noun("ideas.policy docs.act docs.rule", "the this", 0.3, "one"))

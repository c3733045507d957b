"""Which: one of several, as subject, object, or with a preposition."""

from . import frame

# fmt: off

frame("which", "Which {k:asked} {k:q}?",
      "{k:quel} ?", 28,
      k=lambda p: p.which())
frame("which", "Which {k:asked} {k:q}?",
      "{k:quel} ?", 3,
      k=lambda p: p.which(keep="inst"))
frame("which", "Which {k:asked} {k:gap}?",
      "{k:quel} ?", 16,
      k=lambda p: p.doer(asked=True))
frame("which", "Which {k:asked} {k:gap}?",
      "{k:quel} ?", 8,
      k=lambda p: p.doer(asked=True, keep="inst"))
frame("which", "Which {k:asked} {k:gap}?",
      "{k:quel} ?", 8,
      k=lambda p: p.doer(asked=True, file="verbs_alone", keep="event"))
frame("which", "Which {k:asked} {k:q} and why?",
      "{k:quel} et pourquoi ?", 1.5,
      k=lambda p: p.which(time=0))
frame("which", "Which of {n} {k:gap}?",
      "{n:lequel} de {n} {k:gap} ?; Qui parmi {n} {k:gap} ?", 3,
      n=lambda p: p.noun("people", "this", 0.2, "many"), k=lambda p, n: p.doer_like(n))
frame("which", "Which is better, {a} or {b}?; Which is best, {a} or {b}?",
      "Lequel est le meilleur, {a} ou {b} ?; Qu'est-ce qui est mieux, {a} ou {b} ?", 2,
      a=lambda p: p.noun("goods.vehicle goods.instrument places.stay animals.pet", "a", number="one"),
      b=lambda p, a: p.sibling(a, "goods.vehicle goods.instrument places.stay animals.pet", "a", same=True))
frame("which", "Which country is bigger, {a} or {b}?; Which country is larger, {a} or {b}?",
      "Quel pays est le plus grand, {a} ou {b} ?; Quel est le plus grand pays, {a} ou {b} ?", 1.5,
      a=lambda p: p.country(), b=lambda p, a: p.another_country(a))
frame("which", "Which city is further north, {a} or {b}?",
      "Quelle ville est la plus au nord, {a} ou {b} ?", 1.5,
      a=lambda p: p.city(), b=lambda p, a: p.another_city(a))
frame("which", "Which countries border {c}?; Which countries share a border with {c}?",
      "Quels pays sont limitrophes de {c} ?; Quels pays ont une frontière commune avec {c} ?",
      c=lambda p: p.country())
frame("which", "Which countries produce {n}?; Which countries export {n}?",
      "Quels pays produisent {n} ?; Quels sont les pays qui produisent {n} ?", 1.5,
      n=lambda p: p.series("materials") if p.chance(0.4) else p.noun("materials food.crop", "some", number="many"))
frame("which", "Which languages are spoken in {c}?",
      "Quelles langues sont parlées {c:in} ?; Quelles langues parle-t-on {c:in} ?",
      c=lambda p: p.city() if p.chance(0.3) else p.country())
frame("which", "Which train should I take to get to {c}?; Which train goes to {c}?",
      "Quel train dois-je prendre pour aller {c:in} ?; Quel train faut-il prendre pour aller {c:in} ?",
      c=lambda p: p.city())
frame("which", "Which do you prefer, {a} or {b}?; Which do you like better, {a} or {b}?",
      "Que préférez-vous, {a} ou {b} ?; Qu'est-ce que tu préfères, {a} ou {b} ?; Que préfères-tu, {a} ou {b} ?", 2,
      a=lambda p: p.noun("food.eat food.drink subjects nature.land", "all", number="many"),
      b=lambda p, a: p.sibling(a, "food.eat food.drink subjects nature.land", "all", number="many"))
frame("which", "Which form should I use to {v:base}?; Which form do I need to {v:base}?",
      "Quel formulaire dois-je utiliser pour {v:inf} ?; De quel formulaire ai-je besoin pour {v:inf} ?", 3,
      v=lambda p: p.errand("i"))
frame("which", "Which office do I contact if {k}?; Which department should I contact if {k}?",
      "À quel bureau dois-je m'adresser si {k} ?; Quel service faut-il contacter si {k} ?", 3,
      k=lambda p: p.condition(person="i"))
frame("which", "Which chapter of {n} deals with {m}?; Which part of {n} is about {m}?",
      "Quel chapitre de {n} porte sur {m} ?; Quelle partie de {n} traite de {m} ?", 2,
      n=lambda p: p.noun("docs.text docs.rule", "the this", 0.3, "one"),
      m=lambda p: p.noun("ideas subjects.study", "all", 0.1, "many"))
frame("which", "Which {n:bare} {n:is} closest to {m}?; Which {n:bare} {n:is} the nearest to {m}?",
      "{n:quel} {n:bare} {n:est} {n:le} plus proche de {m} ?; {n:quel} {n:bare} {n:est} {n:le} plus près de {m} ?", 2,
      n=lambda p: p.noun("places.public", "the", number="one"),
      m=lambda p: p.city() if p.chance(0.3) else p.noun("places.public places.sight", "the our tu", number="one"))
frame("which", "Which {n:bare} {n:is} the most important for {s}?",
      "{n:quel} {n:bare} {n:est} {n:le} plus {n:=important} pour {s} ?", 3,
      n=lambda p: p.noun("ideas.policy docs.plan docs.rule ideas.issue events.civic", "the", number="one"),
      s=lambda p: p.country() if p.chance(0.3) else p.noun("people inst", "the", 0.2))
frame("which", "Which countries have signed {n}?; Which states have signed {n}?",
      "Quels pays ont signé {n} ?; Quels États ont signé {n} ?", 1.5,
      n=lambda p: p.noun("docs.sign docs.rule", "the this", 0.4, "one"))
frame("which", "Which {n:bare} would you recommend to {s} who {r:gap}?",
      "{n:quel} {n:bare} recommanderiez-vous à {s} qui {r:gap} ?; "
      "{n:quel} {n:bare} conseilleriez-vous à {s} qui {r:gap} ?", 3,
      n=lambda p: p.noun("goods.work places.stay places.eat docs.text goods.vehicle", "the", number="one"),
      s=lambda p: p.noun("people.travel people.learner people.customer", "a", number="one"),
      r=lambda p, s: p.wishing(s))
frame("which", "Which {n:bare} {n:does} not work?; Which {n:bare} {n:is} broken?",
      "{n:quel} {n:bare} ne {n:!marcher} pas ?; {n:quel} {n:bare} {n:est} en panne ?", 1.5,
      n=lambda p: p.noun("goods.machine", "the", 0.1))
frame("which", "Which bus goes from {a} to {b}?; Which bus do I take from {a} to {b}?",
      "Quel bus va de {a} à {b} ?; Quel autobus faut-il prendre pour aller de {a} à {b} ?", 2,
      a=lambda p: p.noun("places.public", "the", number="one"), b=lambda p, a: p.sibling(a, "places.public", "the"))
frame("which", "Which colour goes best with {n}?",
      "Quelle couleur va le mieux avec {n} ?",
      n=lambda p: p.noun("goods.clothes goods.furniture", "a this", 0.3, "one"))
frame("which", "Which political parties support {n}?; Which parties are in favour of {n}?",
      "Quels partis politiques soutiennent {n} ?; Quels partis sont favorables à {n} ?", 1.5,
      n=lambda p: p.noun("ideas.policy docs.act docs.rule", "the this", 0.3, "one"))

"""Who and whose: those who do something, those it is done to, and owners (French asks `à qui`, `de qui`)."""

from dataclasses import replace

from ..frame import city, country, either, frame, noun, person
from ..phrases import PRONOUNS

# fmt: off

frame("Who {k:gap}?", "Qui {k:gap} ?; Qui {k:gap} ?; Qui est-ce qui {k:gap} ?", 28, k=lambda g: g.questions.who())
frame("Who {k:gap}?", "Qui {k:gap} ?", 8, k=lambda g: g.questions.who(file="verbs_alone"))
frame("Who {k:q}?; Whom {k:q}?", "{k:qui} ?", 14, k=lambda g: g.questions.whom())
frame("Who {k:q}?", "{k:qui} ?", 10, k=lambda g: g.questions.to_whom())
frame("Who {k:q}?", "Qui {k:q} ?", 0.5, k=lambda g: g.questions.being(0.0))
frame("Who {k:gap} and when?", "Qui {k:gap} et quand ?", 1.5, k=lambda g: g.questions.who("past", 0))
frame("Who {k:gap}?", "Qui {k:gap} ?", 8, k=lambda g: g.complex.saying("past", "subject"))
frame("Who {k:gap}?", "Qui {k:gap} ?; Qui est-ce qui {k:gap} ?", 8, k=lambda g: g.complex.wish(gap="subject"))
frame("Who {a:gap} and who {b:gap}?", "Qui {a:gap} et qui {b:gap} ?", 2,
      a=lambda g: g.questions.who("future past", 0), b=lambda g, a: g.questions.who(a.tense, 0))
frame("Who is {n} of {c}?", "Qui est {n} de {c} ?", 3, n=noun("people.head", "the", 0.15, "one"), c=country)
frame("Who is {n} of {m}?", "Qui est {n} de {m} ?", 3,
      n=noun("people.chief", "the", 0.1, "one"),
      m=noun("inst.company inst.school inst.culture inst.sport inst.health inst.media", "the this", 0.25, "one"))
frame("Who is responsible for {n}?; Who is in charge of {n}?",
      "Qui est responsable de {n} ?; Qui est chargé de {n} ?; Qui s'occupe de {n} ?", 3,
      n=noun("ideas.policy events.work docs.plan events.meet ideas.value", "the this", 0.3, "one"))
frame("Who is to blame for {n}?", "À qui la faute pour {n} ?; Qui est responsable de {n} ?", 1.5,
      n=noun("events.bad ideas.fault ideas.issue", "the this", 0.3, "one"))
frame("Who wrote {n}?; Who is the author of {n}?", "Qui a écrit {n} ?; Qui est l'auteur de {n} ?", 3,
      n=noun("goods.work docs.text", "the this", 0.4, "one"))
frame("Who invented {n}?; Who was the inventor of {n}?", "Qui a inventé {n} ?; Qui est l'inventeur de {n} ?", 1.5,
      n=noun("goods.machine goods.tool goods.instrument goods.gear", "the", number="one"))
frame("Who built {n} in {c}?", "Qui a construit {n} {c:in} ?; Qui a bâti {n} {c:in} ?", 2,
      n=noun("places.build", "the this", 0.3, "one"), c=city)
frame("Who can {v:base}?; Who is allowed to {v:base}?; Who has the right to {v:base}?",
      "Qui peut {v:inf} ?; Qui est autorisé à {v:inf} ?; Qui a le droit de {v:inf} ?", 12,
      v=lambda g: g.complex.task("he", 0.1))
frame("Who should I contact if {k}?; Who should I call if {k}?",
      "Qui dois-je contacter si {k} ?; Qui faut-il appeler si {k} ?; À qui dois-je m'adresser si {k} ?", 8,
      k=lambda g: g.complex.condition(person="i"))
frame("Who is {n} who {r:gap}?", "Qui est {n} qui {r:gap} ?", 10,
      n=noun("people", "the this", 0.25, "one"), r=lambda g, n: g.complex.relative(n))
frame("Who are {n} who {r:gap}?", "Qui sont {n} qui {r:gap} ?", 3,
      n=noun("people", "the this", 0.25, "many"), r=lambda g, n: g.complex.relative(n))
frame("Who is {s} and what {k:q}?", "Qui est {s} et {k:quoi} ?", 3,
      s=either(0.3, person, noun("people", "this", 0.3, "one")),
      k=lambda g, s: g.questions.about(s, g.questions.what("past present", 0, "what person")))
frame("Who are {a}, {b} and {c}?", "Qui sont {a}, {b} et {c} ?", a=person, b=person, c=person)
frame("Who told {s} that {k}?", "Qui a dit à {s} que {k} ?", 3,
      s=either(0.4, person, noun("people", "the", 0.2)), k=lambda g: g.complex.content("past"))
frame("Who will pay for {n}?; Who is going to pay for {n}?", "Qui paiera {n} ?; Qui va payer {n} ?", 2,
      n=noun("docs.bill goods.vehicle goods.home events.meet events.travel places.build", "the this", 0.4, "one"))
frame("Who lives in {n}?", "Qui habite dans {n} ?; Qui vit dans {n} ?", 2,
      n=noun("goods.home places.settle", "this the", 0.5, "one"))
frame("Who won {n} {y}?; Who was the winner of {n} {y}?", "Qui a gagné {n} {y} ?; Qui a remporté {n} {y} ?", 2,
      n=noun("events.sport", "the", 0.5, "one"), y=lambda g: g.adverbials.in_year())
frame("Who benefits from {n}?; Who profits from {n}?", "Qui bénéficie de {n} ?; À qui profite {n} ?", 2,
      n=noun("ideas.policy ideas.value events.civic docs.rule", "the this", 0.3, "one"))
frame("Who was {n} before {m}?", "Qui était {n} avant {m} ?", 1.5,
      n=noun("people.head", "the", 0.2, "one"), m=noun("events.history", "the", 0.3, "one"))
frame("Who will look after {n} while {k}?; Who is going to take care of {n} while {k}?",
      "Qui s'occupera de {n} pendant que {k} ?; Qui va garder {n} pendant que {k} ?", 3,
      n=noun("people.family animals.pet", "the my our tu", number="one"),
      k=lambda g: g.clauses.draw("person", "present", time=0, file="verbs_alone" if g.sampler.chance(0.7) else "verbs"))
frame("Who paid {m} for {n}?", "Qui a payé {m} pour {n} ?; Qui est-ce qui a payé {m} pour {n} ?", 2,
      m=lambda g: g.adverbials.money(),
      n=noun("goods.artwork goods.jewel goods.home goods.vehicle goods.clothes", "the this", 0.3, "one"))

frame("Whose {n:bare} {n:is} {n:this}?", "À qui {n:est} {n} ?; À qui {n:!appartenir} {n} ?", 8,
      n=noun("goods.small goods.clothes goods.vehicle goods.instrument goods.furniture animals.pet", "this", 0.3))
frame("Whose {n:bare} {n:is} on {m}?; Whose {n:bare} {n:was} left on {m}?",
      "À qui {n:est} {n} qui {n:est} sur {m} ?; À qui {n:!appartenir} {n} qui se {n:!trouver} sur {m} ?", 3,
      n=noun("goods.small goods.clothes goods.work docs.permit", "the", 0.3),
      m=noun("goods.furniture", "the my", number="one", owner=PRONOUNS["i"]))
frame("Whose {k:asked} {k:q}?", "{k:dequi} ?", 20, k=lambda g: g.questions.whose())
frame("Whose idea was it to {v:base}?; Whose decision was it to {v:base}?",
      "Qui a eu l'idée de {v:inf} ?; De qui vient l'idée de {v:inf} ?; À qui revient l'idée de {v:inf} ?", 12,
      v=lambda g: g.complex.task("we", 0.1))
frame("Whose turn is it to {v:base}?",
      "À qui le tour de {v:inf} ?; C'est à qui de {v:inf} ?; À qui est-ce le tour de {v:inf} ?", 10,
      v=lambda g: g.complex.task("he"))
frame("Whose job is it to {v:base}?; Whose responsibility is it to {v:base}?; Whose duty is it to {v:base}?",
      "À qui revient-il de {v:inf} ?; À qui incombe-t-il de {v:inf} ?; Qui est chargé de {v:inf} ?", 12,
      v=lambda g: g.complex.task("he", 0.1))
frame("Whose fault is it if {k}?", "À qui la faute si {k} ?; De qui est-ce la faute si {k} ?", 8,
      k=lambda g: g.complex.condition())
frame("Whose signature is on {n}?", "De qui est la signature qui figure sur {n} ?; À qui est la signature sur {n} ?", 2,
      n=noun("docs", "the this", 0.4, "one"))
frame("Whose name is on {n}?; Whose name appears on {n}?",
      "Le nom de qui figure sur {n} ?; De qui le nom figure-t-il sur {n} ?", 2,
      n=noun("docs", "the this", 0.4, "one"))
frame("Whose interests does {n} serve?; Whose interests does {n} defend?",
      "De qui {n} {n:?servir} les intérêts ?; De qui {n} {n:?défendre} les intérêts ?; "
      "Les intérêts de qui {n} {n:?défendre} ?", 2,
      n=noun("inst docs.rule ideas.policy", "the this", 0.4, "one"))
frame("Whose {n:bare} is more expensive, {a:'s} or {b:'s}?",
      "{n:quel} {n:bare} est {n:le} plus {n:=cher}, {n:celui} de {a} ou {n:celui} de {b} ?", 2.5,
      n=noun("goods.vehicle goods.home goods.machine goods.jewel goods.furniture goods.instrument", "the",
          number="one"),
      a=person, b=person)
frame("Whose side are you on, {a:'s} or {b:'s}?",
      "De quel côté êtes-vous, de celui de {a} ou de celui de {b} ?; "
      "De quel côté es-tu, de celui de {a} ou de celui de {b} ?", 2,
      a=noun("people.lead people.work people.law inst", "the", 0.2),
      b=noun("people.customer people.citizen people.lawparty people.gov", "the", 0.2))
frame("Whose money paid for {n}?; Whose money was used to pay for {n}?",
      "Avec l'argent de qui a-t-on payé {n} ?; L'argent de qui a servi à payer {n} ?", 2,
      n=noun("goods.vehicle goods.home places.build events.meet events.travel", "the this", 0.4, "one"))
frame("Whose {r:bare} is {n}?", "De qui {n} {n:?être} {r:le} {r:bare} ?", 2,
      r=noun("people.family people.work", "the", number="one"), n=lambda g, r: g.nouns.person(r.gender))
frame("Whose opinion matters most when {k}?",
      "L'avis de qui compte le plus quand {k} ?; De qui l'avis compte-t-il le plus quand {k} ?", 2.5,
      k=lambda g: g.complex.reason("present"))
frame("Whose permission do I need to {v:base}?",
      "De qui me faut-il l'autorisation pour {v:inf} ?; À qui dois-je demander l'autorisation de {v:inf} ?", 8,
      v=lambda g: g.complex.task("i"))
frame("Whose life did {n} change?; Whose lives did {n} change?", "De qui {n} {n:?avoir} changé la vie ?", 1.5,
      n=noun("events ideas.policy", "the this", 0.35, "one"))
frame("Whose children {k:gap}?", "Les enfants de qui {k:gap} ?", 8,
      k=lambda g: replace(g.questions.who("", 0.3, file="verbs_alone" if g.sampler.chance(0.4) else "verbs"),
          subject=PRONOUNS["they"]))

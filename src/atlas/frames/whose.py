"""Whose: owners, authors, duties and turns; French asks `à qui`, `de qui`."""

from dataclasses import replace

from ..pronouns import PRONOUNS
from . import frame, noun, person

# fmt: off

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

"""When: moments, beginnings and ends, and what happens then."""

from ..pronouns import PRONOUNS
from . import city, country, either, frame, noun, person

# fmt: off

frame("When {k:q}?", "Quand {k:q} ?", 24,
      k=lambda g: g.clauses.draw("event", "past past past future future going can should", time=0, place=0.12))
frame("When {k:q}?", "Quand {k:q} ?", 16,
      k=lambda g: g.clauses.draw("event", "past past past future future going", file="verbs_alone", time=0, place=0.2))
frame("When {k:q}?", "Quand {k:q} ?", 16, k=lambda g: g.clauses.passive("past past past future should must", time=0))
frame("When {k:q}?", "Quand {k:q} ?", 8, k=lambda g: g.complex.wish("past past future", rules="event"))
frame("When {k:q}?", "Quand {k:q} ?", 8, k=lambda g: g.complex.saying(rules="event"))
frame("When {a:q} and where {b:q}?", "Quand {a:q} et où {b:q} ?", 2.5,
      a=lambda g: g.clauses.draw("event", "past future", file="verbs_alone", time=0,
          subject=g.arguments.third_person()),
      b=lambda g, a: g.questions.about(a.subject, g.clauses.draw("where person", a.tense, time=0)))
frame("When was {n} built?; When was the construction of {n} completed?",
      "Quand {n:a} été {n:=construit} {n} ?; En quelle année {n:a} été {n:=bâti} {n} ?", 2,
      n=noun("places.build places.sight", "the this", 0.4, "one"))
frame("When {n:does} {n} start?; When {n:does} {n} begin?",
      "Quand {n:!commencer} {n} ?; Quand est-ce que {n} {n:!commencer} ?", 2,
      n=noun("events.meet events.sport events.school events.travel", "the this", 0.35, "one"))
frame("When does {n} open to the public?",
      "Quand {n} {n:?ouvrir} au public ?; Quand {n} sera-t-{n:il} {n:=ouvert} au public ?",
      n=noun("places.sight places.public", "the this", 0.4, "one"))
frame("When is {n} open?", "Quand {n} {n:?être} {n:=ouvert} ?; Quand est-ce que {n} est {n:=ouvert} ?",
      n=noun("places.public", "the", 0.2, "one"))
frame("When is the best time to visit {c}?; When is the best time of year to visit {c}?",
      "Quelle est la meilleure période pour visiter {c} ?; Quand faut-il visiter {c} ?; "
      "Quel est le meilleur moment pour visiter {c} ?", 1.5,
      c=either(0.5, city, country))
frame("When does the next train leave for {c}?; When is the next train to {c}?",
      "Quand part le prochain train pour {c} ?; À quelle heure est le prochain train pour {c} ?",
      c=city)
frame("When did {c} gain independence?",
      "Quand {c} {c:?avoir} obtenu {c:son} indépendance ?; À quelle date {c} {c:?avoir} accédé à l'indépendance ?",
      c=country)
frame("When did {c} join {o}?",
      "Quand {c} {c:?avoir} adhéré à {o} ?; En quelle année {c} {c:?avoir} rejoint {o} ?", 1.5,
      c=country, o=noun("inst.club", "the"))
frame("When was {n} signed?",
      "Quand {n} {n:?avoir} été {n:=signé} ?; Quand a été {n:=signé} {n} ?; "
      "À quelle date {n} {n:?avoir} été {n:=signé} ?", 2,
      n=noun("docs.sign", "the this", 0.5, "one"))
frame("When was {n} adopted?",
      "Quand {n} {n:?avoir} été {n:=adopté} ?; Quand a été {n:=adopté} {n} ?; "
      "À quelle date {n} {n:?avoir} été {n:=adopté} ?", 2,
      n=noun("docs.rule docs.act", "the this", 0.5, "one"))
frame("When must I {v:base}?; When do I have to {v:base}?; When should I {v:base}?",
      "Quand dois-je {v:inf} ?; Quand faut-il {v:inf} ?; Quand est-ce que je dois {v:inf} ?", 10,
      v=either(0.5, lambda g: g.complex.errand("i"), lambda g: g.complex.task("i")))
frame("When can we {v:base}?; When will we be able to {v:base}?",
      "Quand pourrons-nous {v:inf} ?; Quand est-ce qu'on pourra {v:inf} ?; Quand pouvons-nous {v:inf} ?", 10,
      v=lambda g: g.complex.task("we"))
frame("When is {s} coming back from {c}?; When will {s} be back from {c}?",
      "Quand {s} {s:?revenir} {c:from} ?; Quand {s} rentrera-t-{s:il} {c:from} ?", 2,
      s=either(0.4, person, noun("people.family people.work", "the my tu our her", number="one")),
      c=either(0.5, city, country))
frame("When was the last time {k}?",
      "Quand est-ce que {k} pour la dernière fois ?; À quand remonte la dernière fois que {k} ?", 8,
      k=lambda g: g.clauses.draw("person", "past", time=0))
frame("When did you first hear that {k}?; When did you learn that {k}?",
      "Quand avez-vous appris que {k} ?; Quand as-tu appris que {k} ?", 3,
      k=lambda g: g.complex.content("past"))
frame("When did {n} end?; When did {n} come to an end?",
      "Quand {n:a} pris fin {n} ?; Quand {n} se {n:?être} {n:=terminé} ?", 1.5,
      n=noun("events.bad events.history events.civic", "the this", 0.35, "one"))
frame("When {k:q}, before or after {n}?", "Quand {k:q}, avant ou après {n} ?", 3,
      k=lambda g: g.clauses.draw("event", "past future", time=0), n=noun("events", "the", 0.25, "one"))
frame("When will you tell {s} that {k}?; When are you going to tell {s} that {k}?",
      "Quand direz-vous à {s} que {k} ?; Quand vas-tu dire à {s} que {k} ?; Quand allez-vous dire à {s} que {k} ?", 2,
      s=either(0.4, person, noun("people.family people.work", "the tu", number="one")),
      k=lambda g: g.complex.content("past"))
frame("When does {n} expire?; When is {n} no longer valid?",
      "Quand expire {n} ?; Jusqu'à quand {n} {n:?être} valable ?",
      n=noun("docs.term", "the this my his her", 0.2, "one", PRONOUNS["i"]))
frame("When is {n} due?; When is {n} to be paid?",
      "Quand faut-il payer {n} ?; Quelle est la date limite de paiement de {n} ?",
      n=noun("ideas.cost docs.bill", "the this", 0.2, "one"))
frame("When did the price of {n} reach {m}?",
      "Quand le prix de {n} a-t-il atteint {m} ?; Quand est-ce que le prix de {n} a atteint {m} ?", 1.5,
      n=noun("materials.resource food.crop", "all", number="many"), m=lambda g: g.adverbials.money())

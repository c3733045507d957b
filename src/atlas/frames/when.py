"""When: moments, beginnings and ends, and what happens then."""

from . import frame

# fmt: off

frame("when", "When {k:q}?",
      "Quand {k:q} ?", 24,
      k=lambda p: p.deed("event", "past past past future future going can should", time=0, place=0.12))
frame("when", "When {k:q}?",
      "Quand {k:q} ?", 16,
      k=lambda p: p.deed("event", "past past past future future going", file="verbs_alone", time=0, place=0.2))
frame("when", "When {k:q}?",
      "Quand {k:q} ?", 16,
      k=lambda p: p.deed("passive", "past past past future should must", passive=True, time=0))
frame("when", "When {k:q}?",
      "Quand {k:q} ?", 8,
      k=lambda p: p.wish("past past future", keep="event"))
frame("when", "When {k:q}?",
      "Quand {k:q} ?", 8,
      k=lambda p: p.saying(keep="event"))
frame("when", "When {a:q} and where {b:q}?",
      "Quand {a:q} et où {b:q} ?", 2.5,
      a=lambda p: p.deed("event", "past future", file="verbs_alone", time=0, subject=p.someone()),
      b=lambda p, a: p.again(a, p.deed("where person", a.tense, time=0)))
frame("when", "When was {n} built?; When was the construction of {n} completed?",
      "Quand {n:a} été {n:=construit} {n} ?; En quelle année {n:a} été {n:=bâti} {n} ?", 2,
      n=lambda p: p.noun("places.build places.sight", "the this", 0.4, "one"))
frame("when", "When {n:does} {n} start?; When {n:does} {n} begin?",
      "Quand {n:!commencer} {n} ?; Quand est-ce que {n} {n:!commencer} ?", 2,
      n=lambda p: p.noun("events.meet events.sport events.school events.travel", "the this", 0.35, "one"))
frame("when", "When does {n} open to the public?",
      "Quand {n} {n:?ouvrir} au public ?; Quand {n} sera-t-{n:il} {n:=ouvert} au public ?",
      n=lambda p: p.noun("places.sight places.public", "the this", 0.4, "one"))
frame("when", "When is {n} open?",
      "Quand {n} {n:?être} {n:=ouvert} ?; Quand est-ce que {n} est {n:=ouvert} ?",
      n=lambda p: p.noun("places.public", "the", 0.2, "one"))
frame("when", "When is the best time to visit {c}?; When is the best time of year to visit {c}?",
      "Quelle est la meilleure période pour visiter {c} ?; Quand faut-il visiter {c} ?; "
      "Quel est le meilleur moment pour visiter {c} ?", 1.5,
      c=lambda p: p.city() if p.chance(0.5) else p.country())
frame("when", "When does the next train leave for {c}?; When is the next train to {c}?",
      "Quand part le prochain train pour {c} ?; À quelle heure est le prochain train pour {c} ?",
      c=lambda p: p.city())
frame("when", "When did {c} gain independence?",
      "Quand {c} {c:?avoir} obtenu {c:son} indépendance ?; À quelle date {c} {c:?avoir} accédé à l'indépendance ?",
      c=lambda p: p.country())
frame("when", "When did {c} join {o}?",
      "Quand {c} {c:?avoir} adhéré à {o} ?; En quelle année {c} {c:?avoir} rejoint {o} ?", 1.5,
      c=lambda p: p.country(), o=lambda p: p.club())
frame("when", "When was {n} signed?",
      "Quand {n} {n:?avoir} été {n:=signé} ?; Quand a été {n:=signé} {n} ?; "
      "À quelle date {n} {n:?avoir} été {n:=signé} ?", 2,
      n=lambda p: p.noun("docs.sign", "the this", 0.5, "one"))
frame("when", "When was {n} adopted?",
      "Quand {n} {n:?avoir} été {n:=adopté} ?; Quand a été {n:=adopté} {n} ?; "
      "À quelle date {n} {n:?avoir} été {n:=adopté} ?", 2,
      n=lambda p: p.noun("docs.rule docs.act", "the this", 0.5, "one"))
frame("when", "When must I {v:base}?; When do I have to {v:base}?; When should I {v:base}?",
      "Quand dois-je {v:inf} ?; Quand faut-il {v:inf} ?; Quand est-ce que je dois {v:inf} ?", 10,
      v=lambda p: p.errand("i") if p.chance(0.5) else p.task("i"))
frame("when", "When can we {v:base}?; When will we be able to {v:base}?",
      "Quand pourrons-nous {v:inf} ?; Quand est-ce qu'on pourra {v:inf} ?; Quand pouvons-nous {v:inf} ?", 10,
      v=lambda p: p.task("we"))
frame("when", "When is {s} coming back from {c}?; When will {s} be back from {c}?",
      "Quand {s} {s:?revenir} {c:from} ?; Quand {s} rentrera-t-{s:il} {c:from} ?", 2,
      s=lambda p: p.name() if p.chance(0.4) else p.noun("people.family people.work", "the my tu our her",
          number="one"),
      c=lambda p: p.city() if p.chance(0.5) else p.country())
frame("when", "When was the last time {k}?",
      "Quand est-ce que {k} pour la dernière fois ?; À quand remonte la dernière fois que {k} ?", 8,
      k=lambda p: p.deed("person", "past", time=0))
frame("when", "When did you first hear that {k}?; When did you learn that {k}?",
      "Quand avez-vous appris que {k} ?; Quand as-tu appris que {k} ?", 3,
      k=lambda p: p.content("past"))
frame("when", "When did {n} end?; When did {n} come to an end?",
      "Quand {n:a} pris fin {n} ?; Quand {n} se {n:?être} {n:=terminé} ?", 1.5,
      n=lambda p: p.noun("events.bad events.history events.civic", "the this", 0.35, "one"))
frame("when", "When {k:q}, before or after {n}?",
      "Quand {k:q}, avant ou après {n} ?", 3,
      k=lambda p: p.deed("event", "past future", time=0), n=lambda p: p.noun("events", "the", 0.25, "one"))
frame("when", "When will you tell {s} that {k}?; When are you going to tell {s} that {k}?",
      "Quand direz-vous à {s} que {k} ?; Quand vas-tu dire à {s} que {k} ?; Quand allez-vous dire à {s} que {k} ?", 2,
      s=lambda p: p.name() if p.chance(0.4) else p.noun("people.family people.work", "the tu", number="one"),
      k=lambda p: p.content("past"))
frame("when", "When does {n} expire?; When is {n} no longer valid?",
      "Quand expire {n} ?; Jusqu'à quand {n} {n:?être} valable ?",
      n=lambda p: p.noun("docs.term", "the this my his her", 0.2, "one", p.pronoun("i")))
frame("when", "When is {n} due?; When is {n} to be paid?",
      "Quand faut-il payer {n} ?; Quelle est la date limite de paiement de {n} ?",
      n=lambda p: p.noun("ideas.cost docs.bill", "the this", 0.2, "one"))
frame("when", "When did the price of {n} reach {m}?",
      "Quand le prix de {n} a-t-il atteint {m} ?; Quand est-ce que le prix de {n} a atteint {m} ?", 1.5,
      n=lambda p: p.noun("materials.resource food.crop", "all", number="many"), m=lambda p: p.money())

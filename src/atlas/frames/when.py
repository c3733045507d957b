"""When and where: moments, beginnings and ends; places, origins and destinations."""

from ..frame import city, country, either, frame, noun, person
from ..phrases import PRONOUNS

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

frame("Where {k:q}?", "Où {k:q} ?", 32, k=lambda g: g.clauses.draw("where"))
frame("Where {k:q}?", "Où {k:q} ?", 16, k=lambda g: g.clauses.draw("stay", file="verbs_alone"))
frame("Where {k:q}?", "Où {k:q} ?", 10, k=lambda g: g.clauses.passive("past past past present future can"))
frame("Where {k:q}?", "Où {k:q} ?", 9, k=lambda g: g.questions.being())
frame("Where {k:q} when {r}?", "Où {k:q} quand {r} ?", 2,
      k=lambda g: g.clauses.draw("where", "past was_ing", time=0), r=lambda g: g.complex.reason())
frame("Where {a:q} and what {b:q}?", "Où {a:q} et {b:quoi} ?", 3,
      a=lambda g: g.clauses.draw("habit willed", "present present past", file="verbs_alone", time=0,
          subject=g.arguments.third_person(), adjunct=0),
      b=lambda g, a: g.questions.about(a.subject, g.questions.what("present past", 0.2, "what person")))
frame("Where {a:q} and who {b:q}?", "Où {a:q} et {b:qui} ?", 1.5,
      a=lambda g: g.clauses.draw("habit willed", "present present past", file="verbs_alone", time=0,
          subject=g.arguments.third_person(), adjunct=0),
      b=lambda g, a: g.questions.about(a.subject, g.questions.whom("present past", 0.2, "who person")))
frame("Where is {c}?; Where is {c} located?", "Où se trouve {c} ?; Où {c:est} {c:=situé} {c} ?; Où est {c} ?",
      c=either(0.7, city, country))
frame("Where {n:is} {n}?", "Où {n:est} {n} ?; Où se trouve {n} ?", 3,
      n=noun("places.public goods.small people.family docs.permit places.room", "the the my tu his her our", 0.2,
          "one"))
frame("Where is the nearest {n:bare}?; Where can I find the nearest {n:bare}?",
      "Où se trouve {n} {n:le} plus {n:=proche} ?; Où puis-je trouver {n} {n:le} plus {n:=proche} ?; "
      "Où est {n} {n:le} plus {n:=proche} ?", 2.5,
      n=noun("places.public", "the", number="one"))
frame("Where can I {v:base}?; Where can you {v:base}?; Where can one {v:base}?; Where do I go to {v:base}?",
      "Où peut-on {v:inf} ?; Où puis-je {v:inf} ?; Où est-ce que je peux {v:inf} ?; "
      "Où faut-il aller pour {v:inf} ?", 12,
      v=lambda g: g.complex.task("i", rules="where willed"))
frame("Where can I {v:base} in {c}?; Where should I go to {v:base} in {c}?",
      "Où puis-je {v:inf} {c:in} ?; Où peut-on {v:inf} {c:in} ?; Où dois-je aller pour {v:inf} {c:in} ?", 10,
      v=lambda g: g.complex.errand("i"), c=city)
frame("Where does {s} come from?; Where is {s} from?", "D'où {s:!venir} {s} ?; De quel pays {s:!venir} {s} ?", 2,
      s=noun("people food.crop inst.company", "this the", 0.2, "one"))
frame("Where will {n} be held {t}?; Where will {n} take place {t}?",
      "Où aura lieu {n} {t} ?; Où se déroulera {n} {t} ?", 2.5,
      n=noun("events.meet events.sport", "the", 0.4, "one"), t=lambda g: g.adverbials.time("future"))
frame("Where do {a} live in {c}?", "Où vivent {a} {c:in} ?", 2,
      a=noun("animals.wild people", "all", 0.1, "many"), c=country)
frame("Where was {s} born?", "Où {s} {s:?être} {s:=né} ?; Où est {s:=né} {s} ?", 1.5,
      s=either(0.4, person, noun("people.history people.arts people.author", "the this", 0.3, "one")))
frame("Where does {s} live now, in {a} or in {b}?",
      "Où vit {s} maintenant, {a:in} ou {b:in} ?; Où habite {s} maintenant, {a:in} ou {b:in} ?", 1.5,
      s=noun("people.family", "my tu vous his her our", number="one"), a=city, b=lambda g, a: g.nouns.city(a))
frame("Where did {n} take place?; Where was {n} held?", "Où {n:a} eu lieu {n} ?; Où s'est {n:=déroulé} {n} ?", 2,
      n=noun("events.meet", "the this", 0.4, "one"))
frame("Where {n:is} {n}?", "Où {n:est} {n} ?; Où se {n:!trouver} {n} ?", 12, n=lambda g: g.complex.described())
frame("Where did you put {n}?; Where have you put {n}?",
      "Où avez-vous mis {n} ?; Où as-tu mis {n} ?; Où est-ce que tu as mis {n} ?", 2,
      n=either(0.4, lambda g: g.complex.described(),
          noun("goods.small docs.permit docs.bill goods.tool goods.clothes", "the my", 0.2, owner=PRONOUNS["i"])))
frame("Where are {a} grown?; Where are {a} produced?", "Où cultive-t-on {a} ?; Où produit-on {a} ?",
      a=either(0.5, lambda g: g.nouns.series("food.veg food.fruit"), noun("food.veg food.fruit", "all", number="many")))
frame("Where do {a} go after {v:ing}?", "Où vont {a} après {v:past} ?", 2,
      a=noun("people.work people.learner people.travel", "the", 0.1, "many"),
      v=lambda g, a: g.clauses.draw("willed", "present", time=0, subject=a))
frame("Where is {c} on the map of {d}?", "Où se trouve {c} sur la carte de {d} ?", c=city, d=country)
frame("Where does it say that {k}?; Where is it written that {k}?",
      "Où est-il écrit que {k} ?; Où est-il indiqué que {k} ?", 2.5,
      k=lambda g: g.complex.content("present"))
frame("Where do I send {n} once {k}?", "Où dois-je envoyer {n} une fois que {k} ?", 1.5,
      n=noun("docs.form", "the my", 0.3, "one", PRONOUNS["i"]),
      k=lambda g: g.clauses.draw("errand", "perfect", time=0, subject=PRONOUNS["i"]))
frame("Where should {n} be sent?; Where must {n} be sent?", "Où faut-il envoyer {n} ?; Où doit-on envoyer {n} ?", 1.5,
      n=noun("docs.form docs.bill docs.text", "the this", 0.4, "one"))
frame("Where {k:q}?", "Où {k:q} ?", 8, k=lambda g: g.complex.wish(rules="event", inner_rules="where willed", time=0.1))
frame("Where {k:q}, in {a} or in {b}?", "Où {k:q}, {a:in} ou {b:in} ?", 2,
      k=lambda g: g.clauses.draw("stay", "past future", file="verbs_alone", time=0), a=country,
      b=lambda g, a: g.nouns.country(a))
frame("Where does {n} come from?; Where do we get {n} from?", "D'où vient {n} ?; D'où provient {n} ?", 1.5,
      n=noun("materials food.crop", "all", number="one"))
frame("Where can I buy {n} in {c}?; Where can I find {n} in {c}?",
      "Où puis-je acheter {n} {c:in} ?; Où peut-on trouver {n} {c:in} ?; Où est-ce que je peux acheter {n} {c:in} ?", 4,
      n=lambda g: g.nouns.series("food"), c=city)
frame("Where can we buy {n} near {m}?",
      "Où peut-on acheter {n} près de {m} ?; Où pouvons-nous acheter {n} près de {m} ?", 3,
      n=either(0.4, lambda g: g.nouns.series("goods.small"), lambda g: g.nouns.series("food")),
      m=noun("places.public", "the this", 0.15, "one"))

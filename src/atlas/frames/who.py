"""Who: those who do something, and those it is done to."""

from . import city, country, either, frame, noun, person

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

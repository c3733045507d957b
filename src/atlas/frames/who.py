"""Who: those who do something, and those it is done to."""

from . import frame

# fmt: off

frame("who", "Who {k:gap}?",
      "Qui {k:gap} ?; Qui {k:gap} ?; Qui est-ce qui {k:gap} ?", 28,
      k=lambda p: p.doer())
frame("who", "Who {k:gap}?",
      "Qui {k:gap} ?", 8,
      k=lambda p: p.doer(file="verbs_alone"))
frame("who", "Who {k:q}?; Whom {k:q}?",
      "{k:qui} ?", 14,
      k=lambda p: p.whom())
frame("who", "Who {k:q}?",
      "{k:qui} ?", 10,
      k=lambda p: p.recipient())
frame("who", "Who {k:q}?",
      "Qui {k:q} ?", 0.5,
      k=lambda p: p.being(0.0))
frame("who", "Who {k:gap} and when?",
      "Qui {k:gap} et quand ?", 1.5,
      k=lambda p: p.doer("past", 0))
frame("who", "Who {k:gap}?",
      "Qui {k:gap} ?", 8,
      k=lambda p: p.sayer())
frame("who", "Who {k:gap}?",
      "Qui {k:gap} ?; Qui est-ce qui {k:gap} ?", 8,
      k=lambda p: p.wisher())
frame("who", "Who {a:gap} and who {b:gap}?",
      "Qui {a:gap} et qui {b:gap} ?", 2,
      a=lambda p: p.doer("future past", 0), b=lambda p, a: p.doer(a.tense, 0))
frame("who", "Who is {n} of {c}?",
      "Qui est {n} de {c} ?", 3,
      n=lambda p: p.noun("people.head", "the", 0.15, "one"), c=lambda p: p.country())
frame("who", "Who is {n} of {m}?",
      "Qui est {n} de {m} ?", 3,
      n=lambda p: p.noun("people.chief", "the", 0.1, "one"),
      m=lambda p: p.noun("inst.company inst.school inst.culture inst.sport inst.health inst.media", "the this",
          0.25, "one"))
frame("who", "Who is responsible for {n}?; Who is in charge of {n}?",
      "Qui est responsable de {n} ?; Qui est chargé de {n} ?; Qui s'occupe de {n} ?", 3,
      n=lambda p: p.noun("ideas.policy events.work docs.plan events.meet ideas.value", "the this", 0.3, "one"))
frame("who", "Who is to blame for {n}?",
      "À qui la faute pour {n} ?; Qui est responsable de {n} ?", 1.5,
      n=lambda p: p.noun("events.bad ideas.fault ideas.issue", "the this", 0.3, "one"))
frame("who", "Who wrote {n}?; Who is the author of {n}?",
      "Qui a écrit {n} ?; Qui est l'auteur de {n} ?", 3,
      n=lambda p: p.noun("goods.work docs.text", "the this", 0.4, "one"))
frame("who", "Who invented {n}?; Who was the inventor of {n}?",
      "Qui a inventé {n} ?; Qui est l'inventeur de {n} ?", 1.5,
      n=lambda p: p.noun("goods.machine goods.tool goods.instrument goods.gear", "the", number="one"))
frame("who", "Who built {n} in {c}?",
      "Qui a construit {n} {c:in} ?; Qui a bâti {n} {c:in} ?", 2,
      n=lambda p: p.noun("places.build", "the this", 0.3, "one"), c=lambda p: p.city())
frame("who", "Who can {v:base}?; Who is allowed to {v:base}?; Who has the right to {v:base}?",
      "Qui peut {v:inf} ?; Qui est autorisé à {v:inf} ?; Qui a le droit de {v:inf} ?", 12,
      v=lambda p: p.task("he", 0.1))
frame("who", "Who should I contact if {k}?; Who should I call if {k}?",
      "Qui dois-je contacter si {k} ?; Qui faut-il appeler si {k} ?; À qui dois-je m'adresser si {k} ?", 8,
      k=lambda p: p.condition(person="i"))
frame("who", "Who is {n} who {r:gap}?",
      "Qui est {n} qui {r:gap} ?", 10,
      n=lambda p: p.noun("people", "the this", 0.25, "one"), r=lambda p, n: p.relative(n))
frame("who", "Who are {n} who {r:gap}?",
      "Qui sont {n} qui {r:gap} ?", 3,
      n=lambda p: p.noun("people", "the this", 0.25, "many"), r=lambda p, n: p.relative(n))
frame("who", "Who is {s} and what {k:q}?",
      "Qui est {s} et {k:quoi} ?", 3,
      s=lambda p: p.name() if p.chance(0.3) else p.noun("people", "this", 0.3, "one"),
      k=lambda p, s: p.again_as(s, p.what("past present", 0, "what person")))
frame("who", "Who are {a}, {b} and {c}?",
      "Qui sont {a}, {b} et {c} ?",
      a=lambda p: p.name(), b=lambda p: p.name(), c=lambda p: p.name())
frame("who", "Who told {s} that {k}?",
      "Qui a dit à {s} que {k} ?", 3,
      s=lambda p: p.name() if p.chance(0.4) else p.noun("people", "the", 0.2), k=lambda p: p.content("past"))
frame("who", "Who will pay for {n}?; Who is going to pay for {n}?",
      "Qui paiera {n} ?; Qui va payer {n} ?", 2,
      n=lambda p: p.noun("docs.bill goods.vehicle goods.home events.meet events.travel places.build", "the this",
          0.4, "one"))
frame("who", "Who lives in {n}?",
      "Qui habite dans {n} ?; Qui vit dans {n} ?", 2,
      n=lambda p: p.noun("goods.home places.settle", "this the", 0.5, "one"))
frame("who", "Who won {n} in {y}?; Who was the winner of {n} in {y}?",
      "Qui a gagné {n} en {y} ?; Qui a remporté {n} en {y} ?", 2,
      n=lambda p: p.noun("events.sport", "the", 0.5, "one"), y=lambda p: p.year_word())
frame("who", "Who benefits from {n}?; Who profits from {n}?",
      "Qui bénéficie de {n} ?; À qui profite {n} ?", 2,
      n=lambda p: p.noun("ideas.policy ideas.value events.civic docs.rule", "the this", 0.3, "one"))
frame("who", "Who was {n} before {m}?",
      "Qui était {n} avant {m} ?", 1.5,
      n=lambda p: p.noun("people.head", "the", 0.2, "one"), m=lambda p: p.noun("events.history", "the", 0.3, "one"))
frame("who", "Who will look after {n} while {k}?; Who is going to take care of {n} while {k}?",
      "Qui s'occupera de {n} pendant que {k} ?; Qui va garder {n} pendant que {k} ?", 3,
      n=lambda p: p.noun("people.family animals.pet", "the my our tu", number="one"), k=lambda p: p.meanwhile())
frame("who", "Who paid {m} for {n}?",
      "Qui a payé {m} pour {n} ?; Qui est-ce qui a payé {m} pour {n} ?", 2, m=lambda p: p.money(),
      n=lambda p: p.noun("goods.artwork goods.jewel goods.home goods.vehicle goods.clothes", "the this", 0.3, "one"))

"""Why: reasons for what was done, said, wanted or left undone."""

from ..frame import city, country, either, frame, noun

# fmt: off

frame("Why {k:q}?", "Pourquoi {k:pourquoi} ?", 28, k=lambda g: g.clauses.draw(time=0.25, place=0.08, negative=0.16))
frame("Why {k:q}?", "Pourquoi {k:pourquoi} ?", 12,
      k=lambda g: g.clauses.draw(file="verbs_alone", time=0.3, place=0.15, negative=0.18))
frame("Why {k:q}?", "Pourquoi {k:pourquoi} ?", 12, k=lambda g: g.clauses.passive(time=0.3))
frame("Why {k:q}?", "Pourquoi {k:pourquoi} ?", 16, k=lambda g: g.complex.saying("past past present"))
frame("Why {k:q}?", "Pourquoi {k:pourquoi} ?", 12, k=lambda g: g.complex.wish())
frame("Why {k:q}?", "Pourquoi {k:pourquoi} ?", 8, k=lambda g: g.complex.wanting())
frame("Why {k:q} when {r}?", "Pourquoi {k:pourquoi} quand {r} ?", 3,
      k=lambda g: g.clauses.draw("event", "past", time=0), r=lambda g: g.complex.reason())
frame("Why {k:q} if {r}?", "Pourquoi {k:pourquoi} si {r} ?", 3,
      k=lambda g: g.clauses.draw("event", "present should progressive", time=0, negative=0.1),
      r=lambda g: g.complex.condition())
frame("Why {k:q} although {r}?", "Pourquoi {k:pourquoi} alors que {r} ?", 2.5,
      k=lambda g: g.clauses.draw("event", "past", time=0), r=lambda g: g.complex.reason())
frame("Why {k:q} before {v:ing}?", "Pourquoi {k:pourquoi} avant de {v:inf} ?", 3,
      k=lambda g: g.clauses.draw("event", "past", time=0, subject=g.arguments.third_person()),
      v=lambda g, k: g.clauses.draw("willed", "present", time=0, subject=k.subject, adjunct=0))
frame("Why {k:q} without {v:ing}?", "Pourquoi {k:pourquoi} sans {v:inf} ?", 3,
      k=lambda g: g.clauses.draw("event", "past future", time=0, subject=g.arguments.third_person()),
      v=lambda g, k: g.clauses.draw("willed", "present", time=0, subject=k.subject, adjunct=0))
frame("Why is {n} important?; Why is {n} so important?; Why is {n} necessary?",
      "Pourquoi {n} {n:?être} {n:=important} ?; Pourquoi {n} {n:?être} si {n:=important} ?; "
      "Pourquoi est-ce que {n} est {n:=nécessaire} ?", 2.5,
      n=noun("ideas.policy ideas.value docs.rule subjects.study", "the this all", 0.2, "one"))
frame("Why is it important to {v:base}?; Why is it necessary to {v:base}?; Why must we {v:base}?",
      "Pourquoi est-il important de {v:inf} ?; Pourquoi faut-il {v:inf} ?; Pourquoi est-il nécessaire de {v:inf} ?", 12,
      v=lambda g: g.complex.task("we"))
frame("Why not {v:base}?; Why don't we {v:base}?",
      "Pourquoi ne pas {v:inf} ?; Pourquoi est-ce qu'on ne pourrait pas {v:inf} ?", 8,
      v=lambda g: g.complex.task("we", 0.2))
frame("Why is {n} so expensive?; Why does {n} cost so much?",
      "Pourquoi {n} {n:?être} si {n:=cher} ?; Pourquoi {n} {n:?coûter} si cher ?", 2,
      n=noun("goods.vehicle goods.home goods.machine goods.clothes goods.furniture goods.artwork", "the this", 0.3,
          "one"))
frame("Why are there so many {n:bare} in {c}?; Why are there more and more {n:bare} in {c}?",
      "Pourquoi y a-t-il autant de {n:bare} {c:in} ?; Pourquoi y a-t-il de plus en plus de {n:bare} {c:in} ?", 3,
      n=noun("people animals.wild places.build goods.vehicle ideas.policy events.harm", "the", 0.15, "many"),
      c=either(0.5, city, country))
frame("Why is {a} more expensive than {b}?; Why is life in {a} more expensive than in {b}?",
      "Pourquoi la vie {a:in} est-elle plus chère que {b:in} ?; "
      "Pourquoi la vie est-elle plus chère {a:in} que {b:in} ?", 1.5,
      a=city, b=lambda g, a: g.nouns.city(a))
frame("Why do you want to live in {c}?",
      "Pourquoi voulez-vous vivre {c:in} ?; Pourquoi veux-tu habiter {c:in} ?; "
      "Pourquoi est-ce que tu veux vivre {c:in} ?", 1.5,
      c=either(0.5, city, country))
frame("Why did you come to {c}?; Why have you come to {c}?",
      "Pourquoi êtes-vous venu {c:in} ?; Pourquoi es-tu venu {c:in} ?; "
      "Pourquoi est-ce que vous êtes venus {c:in} ?", 1.5,
      c=either(0.5, city, country))
frame("Why {n:was} {n} who {r:gap} arrested?",
      "Pourquoi a-t-on arrêté {n} qui {r:gap} ?; Pourquoi est-ce qu'on a arrêté {n} qui {r:gap} ?", 3,
      n=noun("people", "the", 0.15), r=lambda g, n: g.complex.relative(n))
frame("Why does everyone say that {k}?; Why do people say that {k}?",
      "Pourquoi tout le monde dit-il que {k} ?; Pourquoi dit-on que {k} ?; "
      "Pourquoi est-ce que les gens disent que {k} ?", 3,
      k=lambda g: g.complex.content("present"))
frame("Why has nobody told me that {k}?; Why did nobody tell me that {k}?",
      "Pourquoi personne ne m'a-t-il dit que {k} ?; Pourquoi est-ce que personne ne m'a dit que {k} ?", 3,
      k=lambda g: g.complex.content("past"))
frame("Why am I not allowed to {v:base}?; Why can't I {v:base}?",
      "Pourquoi n'ai-je pas le droit de {v:inf} ?; Pourquoi est-ce que je ne peux pas {v:inf} ?; "
      "Pourquoi ne puis-je pas {v:inf} ?", 8,
      v=lambda g: g.complex.task("i"))
frame("Why is {c} famous for its {n:bare}?; Why is {c} known for its {n:bare}?",
      "Pourquoi {c} {c:?être} {c:=connu} pour {c:ses} {n:bare} ?", 1.5,
      c=country, n=noun("places.sight food.eat animals.wild events.show nature.land", "the", number="many"))
frame("Why does {n} cost {m}?", "Pourquoi {n} {n:?coûter} {m} ?; Pourquoi est-ce que {n} {n:!coûter} {m} ?", 1.5,
      n=noun("goods.vehicle goods.machine goods.furniture", "the this", 0.3, "one"), m=lambda g: g.adverbials.money())
frame("Why did {s} pay {m} for {n}?",
      "Pourquoi {s} {s:?avoir} payé {m} pour {n} ?; Pourquoi est-ce que {s} {s:a} payé {m} pour {n} ?", 2,
      s=noun("people inst", "the this", 0.2), m=lambda g: g.adverbials.money(),
      n=noun("goods.artwork goods.jewel goods.home goods.vehicle", "the this", 0.3, "one"))

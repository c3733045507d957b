"""Why: reasons for what was done, said, wanted or left undone."""

from . import frame

# fmt: off

frame("why", "Why {k:q}?",
      "Pourquoi {k:pourquoi} ?", 28,
      k=lambda p: p.deed(time=0.25, place=0.08, negative=0.16))
frame("why", "Why {k:q}?",
      "Pourquoi {k:pourquoi} ?", 12,
      k=lambda p: p.deed(file="verbs_alone", time=0.3, place=0.15, negative=0.18))
frame("why", "Why {k:q}?",
      "Pourquoi {k:pourquoi} ?", 12,
      k=lambda p: p.deed("passive", passive=True, time=0.3, negative=0.1))
frame("why", "Why {k:q}?",
      "Pourquoi {k:pourquoi} ?", 16,
      k=lambda p: p.saying("past past present"))
frame("why", "Why {k:q}?",
      "Pourquoi {k:pourquoi} ?", 12,
      k=lambda p: p.wish())
frame("why", "Why {k:q}?",
      "Pourquoi {k:pourquoi} ?", 8,
      k=lambda p: p.wanting())
frame("why", "Why {k:q} when {r}?",
      "Pourquoi {k:pourquoi} quand {r} ?", 3,
      k=lambda p: p.deed("event", "past", time=0), r=lambda p: p.reason())
frame("why", "Why {k:q} if {r}?",
      "Pourquoi {k:pourquoi} si {r} ?", 3,
      k=lambda p: p.deed("event", "present should progressive", time=0, negative=0.1), r=lambda p: p.condition())
frame("why", "Why {k:q} although {r}?",
      "Pourquoi {k:pourquoi} alors que {r} ?", 2.5,
      k=lambda p: p.deed("event", "past", time=0), r=lambda p: p.reason())
frame("why", "Why {k:q} before {v:ing}?",
      "Pourquoi {k:pourquoi} avant de {v:inf} ?", 3,
      k=lambda p: p.deed("event", "past", time=0, subject=p.someone()),
      v=lambda p, k: p.deed("willed", "present", time=0, subject=k.subject, enrich=0))
frame("why", "Why {k:q} without {v:ing}?",
      "Pourquoi {k:pourquoi} sans {v:inf} ?", 3,
      k=lambda p: p.deed("event", "past future", time=0, subject=p.someone()),
      v=lambda p, k: p.deed("willed", "present", time=0, subject=k.subject, enrich=0))
frame("why", "Why is {n} important?; Why is {n} so important?; Why is {n} necessary?",
      "Pourquoi {n} {n:?être} {n:=important} ?; Pourquoi {n} {n:?être} si {n:=important} ?; "
      "Pourquoi est-ce que {n} est {n:=nécessaire} ?", 2.5,
      n=lambda p: p.noun("ideas.policy ideas.value docs.rule subjects.study", "the this all", 0.2, "one"))
frame("why", "Why is it important to {v:base}?; Why is it necessary to {v:base}?; Why must we {v:base}?",
      "Pourquoi est-il important de {v:inf} ?; Pourquoi faut-il {v:inf} ?; Pourquoi est-il nécessaire de {v:inf} ?", 12,
      v=lambda p: p.task("we"))
frame("why", "Why not {v:base}?; Why don't we {v:base}?",
      "Pourquoi ne pas {v:inf} ?; Pourquoi est-ce qu'on ne pourrait pas {v:inf} ?", 8,
      v=lambda p: p.task("we", 0.2))
frame("why", "Why is {n} so expensive?; Why does {n} cost so much?",
      "Pourquoi {n} {n:?être} si {n:=cher} ?; Pourquoi {n} {n:?coûter} si cher ?", 2,
      n=lambda p: p.noun("goods.vehicle goods.home goods.machine goods.clothes goods.furniture goods.artwork",
          "the this", 0.3, "one"))
frame("why", "Why are there so many {n:bare} in {c}?; Why are there more and more {n:bare} in {c}?",
      "Pourquoi y a-t-il autant de {n:bare} {c:in} ?; Pourquoi y a-t-il de plus en plus de {n:bare} {c:in} ?", 3,
      n=lambda p: p.noun("people animals.wild places.build goods.vehicle ideas.policy events.harm", "the", 0.15,
          "many"),
      c=lambda p: p.city() if p.chance(0.5) else p.country())
frame("why", "Why is {a} more expensive than {b}?; Why is life in {a} more expensive than in {b}?",
      "Pourquoi la vie {a:in} est-elle plus chère que {b:in} ?; "
      "Pourquoi la vie est-elle plus chère {a:in} que {b:in} ?", 1.5,
      a=lambda p: p.city(), b=lambda p, a: p.another_city(a))
frame("why", "Why do you want to live in {c}?",
      "Pourquoi voulez-vous vivre {c:in} ?; Pourquoi veux-tu habiter {c:in} ?; "
      "Pourquoi est-ce que tu veux vivre {c:in} ?", 1.5,
      c=lambda p: p.city() if p.chance(0.5) else p.country())
frame("why", "Why did you come to {c}?; Why have you come to {c}?",
      "Pourquoi êtes-vous venu {c:in} ?; Pourquoi es-tu venu {c:in} ?; "
      "Pourquoi est-ce que vous êtes venus {c:in} ?", 1.5,
      c=lambda p: p.city() if p.chance(0.5) else p.country())
frame("why", "Why {n:was} {n} who {r:gap} arrested?",
      "Pourquoi a-t-on arrêté {n} qui {r:gap} ?; Pourquoi est-ce qu'on a arrêté {n} qui {r:gap} ?", 3,
      n=lambda p: p.noun("people", "the", 0.15), r=lambda p, n: p.relative(n))
frame("why", "Why does everyone say that {k}?; Why do people say that {k}?",
      "Pourquoi tout le monde dit-il que {k} ?; Pourquoi dit-on que {k} ?; "
      "Pourquoi est-ce que les gens disent que {k} ?", 3,
      k=lambda p: p.content("present"))
frame("why", "Why has nobody told me that {k}?; Why did nobody tell me that {k}?",
      "Pourquoi personne ne m'a-t-il dit que {k} ?; Pourquoi est-ce que personne ne m'a dit que {k} ?", 3,
      k=lambda p: p.content("past"))
frame("why", "Why am I not allowed to {v:base}?; Why can't I {v:base}?",
      "Pourquoi n'ai-je pas le droit de {v:inf} ?; Pourquoi est-ce que je ne peux pas {v:inf} ?; "
      "Pourquoi ne puis-je pas {v:inf} ?", 8,
      v=lambda p: p.task("i"))
frame("why", "Why is {c} famous for its {n:bare}?; Why is {c} known for its {n:bare}?",
      "Pourquoi {c} {c:?être} {c:=connu} pour {c:ses} {n:bare} ?", 1.5,
      c=lambda p: p.country(),
      n=lambda p: p.noun("places.sight food.eat animals.wild events.show nature.land", "the", number="many"))
frame("why", "Why does {n} cost {m}?",
      "Pourquoi {n} {n:?coûter} {m} ?; Pourquoi est-ce que {n} {n:!coûter} {m} ?", 1.5,
      n=lambda p: p.noun("goods.vehicle goods.machine goods.furniture", "the this", 0.3, "one"), m=lambda p: p.money())
frame("why", "Why did {s} pay {m} for {n}?",
      "Pourquoi {s} {s:?avoir} payé {m} pour {n} ?; Pourquoi est-ce que {s} {s:a} payé {m} pour {n} ?", 2,
      s=lambda p: p.noun("people inst", "the this", 0.2), m=lambda p: p.money(),
      n=lambda p: p.noun("goods.artwork goods.jewel goods.home goods.vehicle", "the this", 0.3, "one"))

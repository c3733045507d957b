"""Where: places, origins, destinations."""

from . import frame

# fmt: off

frame("where", "Where {k:q}?",
      "Où {k:q} ?", 32,
      k=lambda p: p.deed("where"))
frame("where", "Where {k:q}?",
      "Où {k:q} ?", 16,
      k=lambda p: p.deed("stay", file="verbs_alone"))
frame("where", "Where {k:q}?",
      "Où {k:q} ?", 10,
      k=lambda p: p.deed("passive", "past past past present future can", passive=True))
frame("where", "Where {k:q}?",
      "Où {k:q} ?", 9,
      k=lambda p: p.being())
frame("where", "Where {k:q} when {r}?",
      "Où {k:q} quand {r} ?", 2,
      k=lambda p: p.deed("where", "past was_ing", time=0), r=lambda p: p.reason())
frame("where", "Where {a:q} and what {b:q}?",
      "Où {a:q} et {b:quoi} ?", 3,
      a=lambda p: p.deed("habit willed", "present present past", file="verbs_alone", time=0, subject=p.someone(),
          enrich=0),
      b=lambda p, a: p.again(a, p.what("present past", 0.2, "what person")))
frame("where", "Where {a:q} and who {b:q}?",
      "Où {a:q} et {b:qui} ?", 1.5,
      a=lambda p: p.deed("habit willed", "present present past", file="verbs_alone", time=0, subject=p.someone(),
          enrich=0),
      b=lambda p, a: p.again(a, p.whom("present past", 0.2, "who person")))
frame("where", "Where is {c}?; Where is {c} located?",
      "Où se trouve {c} ?; Où {c:est} {c:=situé} {c} ?; Où est {c} ?",
      c=lambda p: p.city() if p.chance(0.7) else p.country())
frame("where", "Where {n:is} {n}?",
      "Où {n:est} {n} ?; Où se trouve {n} ?", 3,
      n=lambda p: p.noun("places.public goods.small people.family docs.permit places.room",
          "the the my tu his her our", 0.2, "one"))
frame("where", "Where is the nearest {n:bare}?; Where can I find the nearest {n:bare}?",
      "Où se trouve {n} {n:le} plus {n:=proche} ?; Où puis-je trouver {n} {n:le} plus {n:=proche} ?; "
      "Où est {n} {n:le} plus {n:=proche} ?", 2.5,
      n=lambda p: p.noun("places.public", "the", number="one"))
frame("where", "Where can I {v:base}?; Where can you {v:base}?; Where can one {v:base}?; Where do I go to {v:base}?",
      "Où peut-on {v:inf} ?; Où puis-je {v:inf} ?; Où est-ce que je peux {v:inf} ?; "
      "Où faut-il aller pour {v:inf} ?", 12,
      v=lambda p: p.task("i", keep="where willed"))
frame("where", "Where can I {v:base} in {c}?; Where should I go to {v:base} in {c}?",
      "Où puis-je {v:inf} {c:in} ?; Où peut-on {v:inf} {c:in} ?; Où dois-je aller pour {v:inf} {c:in} ?", 10,
      v=lambda p: p.errand("i"), c=lambda p: p.city())
frame("where", "Where does {s} come from?; Where is {s} from?",
      "D'où {s:!venir} {s} ?; De quel pays {s:!venir} {s} ?", 2,
      s=lambda p: p.noun("people food.crop inst.company", "this the", 0.2, "one"))
frame("where", "Where will {n} be held {t}?; Where will {n} take place {t}?",
      "Où aura lieu {n} {t} ?; Où se déroulera {n} {t} ?", 2.5,
      n=lambda p: p.noun("events.meet events.sport", "the", 0.4, "one"), t=lambda p: p.time("future"))
frame("where", "Where do {a} live in {c}?",
      "Où vivent {a} {c:in} ?", 2,
      a=lambda p: p.noun("animals.wild people", "all", 0.1, "many"), c=lambda p: p.country())
frame("where", "Where was {s} born?",
      "Où {s} {s:?être} {s:=né} ?; Où est {s:=né} {s} ?", 1.5,
      s=lambda p: p.name() if p.chance(0.4) else p.noun("people.history people.arts people.author", "the this",
          0.3, "one"))
frame("where", "Where does {s} live now, in {a} or in {b}?",
      "Où vit {s} maintenant, {a:in} ou {b:in} ?; Où habite {s} maintenant, {a:in} ou {b:in} ?", 1.5,
      s=lambda p: p.noun("people.family", "my tu vous his her our", number="one"), a=lambda p: p.city(),
      b=lambda p, a: p.another_city(a))
frame("where", "Where did {n} take place?; Where was {n} held?",
      "Où {n:a} eu lieu {n} ?; Où s'est {n:=déroulé} {n} ?", 2,
      n=lambda p: p.noun("events.meet", "the this", 0.4, "one"))
frame("where", "Where {n:is} {n}?",
      "Où {n:est} {n} ?; Où se {n:!trouver} {n} ?", 12,
      n=lambda p: p.known())
frame("where", "Where did you put {n}?; Where have you put {n}?",
      "Où avez-vous mis {n} ?; Où as-tu mis {n} ?; Où est-ce que tu as mis {n} ?", 2,
      n=lambda p: p.mislaid())
frame("where", "Where are {a} grown?; Where are {a} produced?",
      "Où cultive-t-on {a} ?; Où produit-on {a} ?",
      a=lambda p: p.produce())
frame("where", "Where do {a} go after {v:ing}?",
      "Où vont {a} après {v:past} ?", 2,
      a=lambda p: p.noun("people.work people.learner people.travel", "the", 0.1, "many"),
      v=lambda p, a: p.deed("willed", "present", time=0, subject=a))
frame("where", "Where is {c} on the map of {d}?",
      "Où se trouve {c} sur la carte de {d} ?",
      c=lambda p: p.city(), d=lambda p: p.country())
frame("where", "Where does it say that {k}?; Where is it written that {k}?",
      "Où est-il écrit que {k} ?; Où est-il indiqué que {k} ?", 2.5,
      k=lambda p: p.content("present"))
frame("where", "Where do I send {n} once {k}?",
      "Où dois-je envoyer {n} une fois que {k} ?", 1.5,
      n=lambda p: p.noun("docs.form", "the my", 0.3, "one", p.pronoun("i")), k=lambda p: p.done("i"))
frame("where", "Where should {n} be sent?; Where must {n} be sent?",
      "Où faut-il envoyer {n} ?; Où doit-on envoyer {n} ?", 1.5,
      n=lambda p: p.noun("docs.form docs.bill docs.text", "the this", 0.4, "one"))
frame("where", "Where {k:q}?",
      "Où {k:q} ?", 8,
      k=lambda p: p.wish_where())
frame("where", "Where {k:q}, in {a} or in {b}?",
      "Où {k:q}, {a:in} ou {b:in} ?", 2,
      k=lambda p: p.deed("stay", "past future", file="verbs_alone", time=0), a=lambda p: p.country(),
      b=lambda p, a: p.another_country(a))
frame("where", "Where does {n} come from?; Where do we get {n} from?",
      "D'où vient {n} ?; D'où provient {n} ?", 1.5,
      n=lambda p: p.noun("materials food.crop", "all", number="one"))
frame("where", "Where can I buy {n} in {c}?; Where can I find {n} in {c}?",
      "Où puis-je acheter {n} {c:in} ?; Où peut-on trouver {n} {c:in} ?; Où est-ce que je peux acheter {n} {c:in} ?", 4,
      n=lambda p: p.series("food"), c=lambda p: p.city())
frame("where", "Where can we buy {n} near {m}?",
      "Où peut-on acheter {n} près de {m} ?; Où pouvons-nous acheter {n} près de {m} ?", 3,
      n=lambda p: p.series("goods.small") if p.chance(0.4) else p.series("food"),
      m=lambda p: p.noun("places.public", "the this", 0.15, "one"))

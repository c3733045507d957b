"""What: things, actions, prices, names, meanings."""

from ..frame import city, country, either, frame, noun

# fmt: off

frame("What {k:q}?", "{k:quoi} ?", 28, k=lambda g: g.questions.what())
frame("What {k:q}?", "{k:quoi} ?", 8, k=lambda g: g.questions.what(rules="inst"))
frame("What {k:q} and why?", "{k:quoi} et pourquoi ?", 1.5, k=lambda g: g.questions.what(time=0))
frame("What {k:q} when {r}?", "{k:quoi} quand {r} ?", 2,
      k=lambda g: g.questions.what("past", 0), r=lambda g: g.complex.reason())
frame("What is the capital of {c}?; What is {c:'s} capital city?",
      "Quelle est la capitale de {c} ?; Comment s'appelle la capitale de {c} ?",
      c=country)
frame("What is the currency of {c}?; What currency is used in {c}?",
      "Quelle est la monnaie de {c} ?; Quelle monnaie utilise-t-on {c:in} ?",
      c=country)
frame("What language is spoken in {c}?; What language do they speak in {c}?",
      "Quelle langue parle-t-on {c:in} ?; Quelle est la langue parlée {c:in} ?",
      c=country)
frame("What languages are spoken in {c} besides {l}?",
      "Quelles langues parle-t-on {c:in} en dehors de {l} ?; Quelles sont les langues parlées {c:in} outre {l} ?", 1.5,
      c=country, l=lambda g: g.nouns.language())
frame("What is the price of {n}?; What is the average price of {n}?",
      "Quel est le prix de {n} ?; Quel est le prix moyen de {n} ?", 2,
      n=noun("goods.vehicle goods.home goods.machine goods.clothes goods.furniture", "a", 0.4, "one"))
frame("What is the price of {n} in {c}?; What is the average price of {n} in {c}?",
      "Quel est le prix de {n} {c:in} ?; Quel est le prix moyen de {n} {c:in} ?", 2,
      n=noun("food materials", "all", number="many"), c=country)
frame("What is {m} worth in euros?; What is the value of {m} in euros?",
      "Combien vaut {m} en euros ?; Quelle est la valeur de {m} en euros ?", 1.5,
      m=lambda g: g.nouns.currency())
frame("What is the word for {n:bare} in {l}?; What do you call {n} in {l}?",
      "Comment dit-on « {n:bare} » en {l:bare} ?; Quel est le mot pour « {n:bare} » en {l:bare} ?", 2,
      n=noun("goods animals food.fruit nature", "a", number="one"), l=lambda g: g.nouns.language())
frame("What is the population of {c}?", "Quelle est la population de {c} ?; Combien d'habitants compte {c} ?",
      c=either(0.6, city, country))
frame("What is the weather like in {c} {t}?", "Quel temps fait-il {c:in} {t} ?", 1.5,
      c=city, t=lambda g: g.adverbials.month())
frame("What time does {n} open?; What time does {n} open in the morning?",
      "À quelle heure ouvre {n} ?; À quelle heure {n} {n:?ouvrir} ?", 2,
      n=noun("places.public", "the", 0.15, "one"))
frame("What time is it in {c}?; What time is it now in {c}?",
      "Quelle heure est-il {c:in} ?; Quelle heure est-il maintenant {c:in} ?", 2,
      c=either(0.7, city, country))
frame("What time does {n} leave for {c}?; What time does {n} to {c} leave?",
      "À quelle heure part {n} pour {c} ?; À quelle heure {n} {n:?partir} pour {c} ?", 2,
      n=noun("goods.transport", "the", number="one"), c=city)
frame("What is the difference between {a} and {b}?; What is the main difference between {a} and {b}?",
      "Quelle est la différence entre {a} et {b} ?; Quelle différence y a-t-il entre {a} et {b} ?", 2.5,
      a=noun("animals docs.rule docs.sign health.ill goods.instrument people.law", "a", number="one"),
      b=lambda g, a: g.nouns.sibling(a, "animals docs.rule docs.sign health.ill goods.instrument people.law", "a"))
frame("What are the causes of {n}?; What are the main causes of {n}?; What causes {n}?",
      "Quelles sont les causes de {n} ?; Quelles sont les principales causes de {n} ?; Qu'est-ce qui cause {n} ?", 2,
      n=either(0.5, lambda g: g.nouns.illness(), noun("ideas.issue nature.disaster", "all", number="many")))
frame("What are the symptoms of {n}?; What are the first signs of {n}?",
      "Quels sont les symptômes de {n} ?; Quels sont les premiers signes de {n} ?", 1.5,
      n=lambda g: g.nouns.illness())
frame("What are the side effects of {n}?", "Quels sont les effets secondaires de {n} ?",
      n=noun("goods.drug health.care", "this the all", 0, ""))
frame("What is the best treatment for {n}?; What is the most effective remedy for {n}?",
      "Quel est le meilleur traitement contre {n} ?; Quel est le remède le plus efficace contre {n} ?",
      n=lambda g: g.nouns.illness())
frame("What documents do I need to {v:base}?; What documents are needed to {v:base}?",
      "De quels documents ai-je besoin pour {v:inf} ?; Quels documents faut-il pour {v:inf} ?; "
      "Quels sont les documents nécessaires pour {v:inf} ?", 10,
      v=lambda g: g.complex.errand("i"))
frame("What should I do to {v:base}?; What do I have to do to {v:base}?; What must I do in order to {v:base}?",
      "Que dois-je faire pour {v:inf} ?; Que faut-il faire pour {v:inf} ?; "
      "Qu'est-ce que je dois faire pour {v:inf} ?", 10,
      v=lambda g: g.complex.errand("i"))
frame("What happens if {k}?; What will happen if {k}?",
      "Que se passe-t-il si {k} ?; Que se passera-t-il si {k} ?; Qu'arrivera-t-il si {k} ?", 8,
      k=lambda g: g.complex.condition())
frame("What would you do if {k}?", "Que feriez-vous si {k} ?; Qu'est-ce que tu ferais si {k} ?", 2,
      k=lambda g: g.complex.condition("imperfect"))
frame("What do you think of {n}?; What do you think about {n}?",
      "Que pensez-vous de {n} ?; Qu'est-ce que tu penses de {n} ?; Que penses-tu de {n} ?", 8,
      n=noun("ideas.policy goods.work docs.act events.show places.eat people.gov", "the this", 0.3))
frame("What is the role of {a} in {n}?; What role does {a} play in {n}?",
      "Quel est le rôle de {a} dans {n} ?; Quel rôle joue {a} dans {n} ?", 3,
      a=noun("inst people.gov people.law", "the", 0.2, "one"),
      n=noun("events.civic ideas.policy", "the this", 0.2, "one"))
frame("What are the advantages of {n}?; What are the advantages and disadvantages of {n}?; "
      "What are the benefits of {n}?",
      "Quels sont les avantages de {n} ?; Quels sont les avantages et les inconvénients de {n} ?", 2.5,
      n=noun("ideas.policy ideas.value", "the this all", 0.2, "one"))
frame("What is {n} about?; What does {n} say?", "De quoi parle {n} ?; De quoi est-il question dans {n} ?", 2.5,
      n=noun("docs.text goods.work docs.rule", "the this", 0.35, "one"))
frame("What is the purpose of {n}?; What is the aim of {n}?",
      "Quel est le but de {n} ?; Quel est l'objectif de {n} ?; À quoi sert {n} ?", 2,
      n=noun("events.work docs.rule docs.plan ideas.policy events.meet", "the this", 0.35, "one"))
frame("What is {n} made of?", "En quoi {n:est} {n:=fait} {n} ?; De quoi {n:est} {n:=fait} {n} ?", 1.5,
      n=noun("goods.furniture goods.jewel goods.clothes goods.artwork goods.kitchen", "the this", 0.3, "one"))
frame("What colour {n:is} {n}?", "De quelle couleur {n:est} {n} ?", 1.5,
      n=noun("goods.clothes goods.vehicle goods.part goods.furniture animals.pet", "the this my his her", 0.1))
frame("What did {s} say about {n}?; What has {s} said about {n}?",
      "Qu'a dit {s} à propos de {n} ?; Qu'est-ce que {s} a dit au sujet de {n} ?", 3,
      s=noun("people.gov people.lead people.media people.science", "the", 0.3, "one"),
      n=noun("ideas.issue ideas.policy docs.rule events.bad", "the this", 0.25))
frame("What makes {s} think that {k}?; What makes {s} believe that {k}?",
      "Qu'est-ce qui fait penser à {s} que {k} ?", 2,
      s=noun("people.science people.media people.law people.citizen", "the", 0.2),
      k=lambda g: g.complex.content("present"))
frame("What is the name of {n} who {r:gap}?", "Comment s'appelle {n} qui {r:gap} ?", 3,
      n=noun("people", "the", 0.1, "one"), r=lambda g, n: g.complex.relative(n))
frame("What is the distance between {a} and {b} in {u}?; What is the distance in {u} between {a} and {b}?",
      "Quelle est la distance entre {a} et {b} en {u} ?; Quelle distance y a-t-il entre {a} et {b} en {u} ?", 1.5,
      a=city, b=lambda g, a: g.nouns.city(a), u=lambda g: g.adverbials.length())
frame("What is the total amount of {n}?", "Quel est le montant total de {n} ?; À combien s'élève {n} ?", 1.5,
      n=noun("ideas.cost docs.bill", "the this", 0.2, "one"))
frame("What are your plans for {t}?", "Quels sont vos projets pour {t} ?; Quels sont tes projets pour {t} ?",
      t=lambda g: g.adverbials.moment())
frame("What can we do to reduce {n}?; What can be done to fight {n}?; What measures are needed against {n}?",
      "Que peut-on faire pour réduire {n} ?; Que faire pour lutter contre {n} ?; "
      "Quelles mesures faut-il prendre contre {n} ?", 2,
      n=noun("ideas.issue", "the all", 0.1, "one"))
frame("What was the result of {n}?; What was the outcome of {n}?",
      "Quel a été le résultat de {n} ?; Quelle a été l'issue de {n} ?", 2.5,
      n=noun("events.civic events.sport events.science", "the this", 0.35, "one"))
frame("What ingredients do you need to make {n}?",
      "De quels ingrédients a-t-on besoin pour faire {n} ?; Quels ingrédients faut-il pour préparer {n} ?",
      n=noun("food.cook food.bake", "a the", number="one"))
frame("What are the pros and cons of {n}?; What are the advantages and disadvantages of {n}?",
      "Quels sont les avantages et les inconvénients de {n} ?",
      n=noun("materials.energy goods.vehicle", "all", number="many"))
frame("What can you buy with {m} in {c}?; What can one buy for {m} in {c}?",
      "Que peut-on acheter avec {m} {c:in} ?; Qu'est-ce qu'on peut acheter pour {m} {c:in} ?", 2,
      m=lambda g: g.adverbials.money(), c=city)
frame("What would you do if you won {m}?", "Que ferais-tu si tu gagnais {m} ?; Que feriez-vous si vous gagniez {m} ?",
      m=lambda g: g.adverbials.money())

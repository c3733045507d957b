"""Word forms against answers written by hand: conjugation, plurals, feminines, articles, prepositions of countries."""

import pytest

from atlas import english, french, names
from atlas.french import conjugate, invert, join, participle

PRESENT = {
    "parler": "parle parles parle parlons parlez parlent",
    "manger": "mange manges mange mangeons mangez mangent",
    "annoncer": "annonce annonces annonce annonçons annoncez annoncent",
    "acheter": "achète achètes achète achetons achetez achètent",
    "appeler": "appelle appelles appelle appelons appelez appellent",
    "rejeter": "rejette rejettes rejette rejetons rejetez rejettent",
    "préférer": "préfère préfères préfère préférons préférez préfèrent",
    "célébrer": "célèbre célèbres célèbre célébrons célébrez célèbrent",
    "nettoyer": "nettoie nettoies nettoie nettoyons nettoyez nettoient",
    "payer": "paie paies paie payons payez paient",
    "envoyer": "envoie envoies envoie envoyons envoyez envoient",
    "finir": "finis finis finit finissons finissez finissent",
    "bâtir": "bâtis bâtis bâtit bâtissons bâtissez bâtissent",
    "fournir": "fournis fournis fournit fournissons fournissez fournissent",
    "vendre": "vends vends vend vendons vendez vendent",
    "perdre": "perds perds perd perdons perdez perdent",
    "apprendre": "apprends apprends apprend apprenons apprenez apprennent",
    "défendre": "défends défends défend défendons défendez défendent",
    "construire": "construis construis construit construisons construisez construisent",
    "écrire": "écris écris écrit écrivons écrivez écrivent",
    "inscrire": "inscris inscris inscrit inscrivons inscrivez inscrivent",
    "décrire": "décris décris décrit décrivons décrivez décrivent",
    "lire": "lis lis lit lisons lisez lisent",
    "dire": "dis dis dit disons dites disent",
    "interdire": "interdis interdis interdit interdisons interdisez interdisent",
    "faire": "fais fais fait faisons faites font",
    "aller": "vais vas va allons allez vont",
    "venir": "viens viens vient venons venez viennent",
    "obtenir": "obtiens obtiens obtient obtenons obtenez obtiennent",
    "recevoir": "reçois reçois reçoit recevons recevez reçoivent",
    "devoir": "dois dois doit devons devez doivent",
    "pouvoir": "peux peux peut pouvons pouvez peuvent",
    "vouloir": "veux veux veut voulons voulez veulent",
    "savoir": "sais sais sait savons savez savent",
    "voir": "vois vois voit voyons voyez voient",
    "prévoir": "prévois prévois prévoit prévoyons prévoyez prévoient",
    "croire": "crois crois croit croyons croyez croient",
    "boire": "bois bois boit buvons buvez boivent",
    "offrir": "offre offres offre offrons offrez offrent",
    "découvrir": "découvre découvres découvre découvrons découvrez découvrent",
    "souffrir": "souffre souffres souffre souffrons souffrez souffrent",
    "dormir": "dors dors dort dormons dormez dorment",
    "partir": "pars pars part partons partez partent",
    "courir": "cours cours court courons courez courent",
    "mourir": "meurs meurs meurt mourons mourez meurent",
    "vivre": "vis vis vit vivons vivez vivent",
    "suivre": "suis suis suit suivons suivez suivent",
    "connaître": "connais connais connaît connaissons connaissez connaissent",
    "disparaître": "disparais disparais disparaît disparaissons disparaissez disparaissent",
    "promettre": "promets promets promet promettons promettez promettent",
    "résoudre": "résous résous résout résolvons résolvez résolvent",
    "peindre": "peins peins peint peignons peignez peignent",
    "plaindre": "plains plains plaint plaignons plaignez plaignent",
    "conclure": "conclus conclus conclut concluons concluez concluent",
    "acquérir": "acquiers acquiers acquiert acquérons acquérez acquièrent",
    "enfreindre": "enfreins enfreins enfreint enfreignons enfreignez enfreignent",
    "élire": "élis élis élit élisons élisez élisent",
}


@pytest.mark.parametrize("infinitive", PRESENT)
def test_present(infinitive):
    assert " ".join(conjugate(infinitive, "present")) == PRESENT[infinitive]


@pytest.mark.parametrize(
    ("infinitive", "expected"),
    [("être", "été"), ("avoir", "eu"), ("faire", "fait"), ("prendre", "pris"), ("promettre", "promis"),
     ("écrire", "écrit"),
     ("lire", "lu"), ("voir", "vu"), ("recevoir", "reçu"), ("venir", "venu"), ("ouvrir", "ouvert"),
     ("offrir", "offert"),
     ("mourir", "mort"), ("naître", "né"), ("vivre", "vécu"), ("suivre", "suivi"), ("résoudre", "résolu"),
     ("peindre", "peint"),
     ("acquérir", "acquis"), ("bâtir", "bâti"), ("envahir", "envahi"), ("vendre", "vendu"), ("boire", "bu"),
     ("devoir", "dû"),
     ("construire", "construit"), ("interdire", "interdit"), ("élire", "élu"), ("poursuivre", "poursuivi"),
     ("nier", "nié"),
     ("inclure", "inclus"), ("exclure", "exclu"), ("satisfaire", "satisfait"), ("combattre", "combattu")],
)  # fmt: skip
def test_past_participle(infinitive, expected):
    assert participle(infinitive) == expected


@pytest.mark.parametrize(
    ("infinitive", "tense", "person", "expected"),
    [("acheter", "future", 2, "achètera"), ("appeler", "future", 0, "appellerai"),
     ("préférer", "future", 2, "préférera"),
     ("nettoyer", "future", 5, "nettoieront"), ("envoyer", "future", 2, "enverra"), ("être", "future", 3, "serons"),
     ("avoir", "future", 4, "aurez"), ("aller", "future", 2, "ira"), ("faire", "future", 5, "feront"),
     ("venir", "future", 2, "viendra"),
     ("voir", "future", 2, "verra"), ("prévoir", "future", 2, "prévoira"), ("pouvoir", "conditional", 0, "pourrais"),
     ("recevoir", "future", 3, "recevrons"), ("mourir", "future", 2, "mourra"),
     ("finir", "conditional", 5, "finiraient"),
     ("vendre", "conditional", 2, "vendrait"), ("être", "imperfect", 0, "étais"),
     ("manger", "imperfect", 0, "mangeais"),
     ("manger", "imperfect", 3, "mangions"), ("annoncer", "imperfect", 2, "annonçait"),
     ("annoncer", "imperfect", 4, "annonciez"),
     ("étudier", "imperfect", 3, "étudiions"), ("boire", "imperfect", 2, "buvait"),
     ("finir", "imperfect", 5, "finissaient"),
     ("lire", "subjunctive", 5, "lisent"), ("prendre", "subjunctive", 2, "prenne"),
     ("prendre", "subjunctive", 3, "prenions"),
     ("faire", "subjunctive", 2, "fasse"), ("aller", "subjunctive", 0, "aille"), ("être", "subjunctive", 4, "soyez"),
     ("avoir", "subjunctive", 2, "ait"), ("finir", "subjunctive", 2, "finisse"),
     ("recevoir", "subjunctive", 5, "reçoivent")],
)  # fmt: skip
def test_other_tenses(infinitive, tense, person, expected):
    assert conjugate(infinitive, tense)[person] == expected


@pytest.mark.parametrize(
    ("form", "pronoun", "expected"),
    [("travaille", "il", "travaille-t-il"), ("va", "elle", "va-t-elle"), ("vend", "il", "vend-il"),
     ("peux", "je", "puis-je"),
     ("vont", "ils", "vont-ils"), ("a", "on", "a-t-on"), ("avez", "vous", "avez-vous"), ("vainc", "il", "vainc-t-il")],
)  # fmt: skip
def test_inversion(form, pronoun, expected):
    assert invert(form, pronoun) == expected


@pytest.mark.parametrize(
    ("singular", "plural"),
    [("cheval", "chevaux"), ("festival", "festivals"), ("bijou", "bijoux"), ("pneu", "pneus"),
     ("château", "châteaux"), ("prix", "prix"),
     ("carte d'identité", "cartes d'identité"), ("pomme de terre", "pommes de terre"),
     ("projet de loi", "projets de loi"),
     ("conseil municipal", "conseils municipaux"), ("œuf", "œufs"), ("travail", "travaux")],
)  # fmt: skip
def test_french_plural(singular, plural):
    assert french.plural(singular) == plural


@pytest.mark.parametrize(
    ("adjective", "feminine", "plural"),
    [("beau", "belle", "beaux"), ("public", "publique", "publics"), ("national", "nationale", "nationaux"),
     ("heureux", "heureuse", "heureux"),
     ("étranger", "étrangère", "étrangers"), ("complet", "complète", "complets"),
     ("européen", "européenne", "européens"), ("long", "longue", "longs"),
     ("neuf", "neuve", "neufs"), ("gros", "grosse", "gros"), ("frais", "fraîche", "frais"),
     ("grec", "grecque", "grecs"), ("bon", "bonne", "bons"),
     ("en bois", "en bois", "en bois"), ("bon marché", "bon marché", "bon marché"), ("marron", "marron", "marron"),
     ("final", "finale", "finals")],
)  # fmt: skip
def test_agreement(adjective, feminine, plural):
    assert french.agree(adjective, "f", False) == feminine
    assert french.agree(adjective, "m", True) == plural


@pytest.mark.parametrize(
    "word",
    ["école", "hôtel", "homme", "usine", "œuf", "Yvonne", "UE", "ONU", "Ouganda", "yttrium", "hélicoptère", "héroïne"],
)
def test_elision_before(word):
    assert french.opens_with_vowel(word)


@pytest.mark.parametrize(
    "word",
    ["héros", "haricots", "Hongrie", "yaourt", "Yémen", "onze", "oui", "FMI", "handicap", "homard", "Hanoï", "haute"],
)
def test_no_elision_before(word):
    assert not french.opens_with_vowel(word)


@pytest.mark.parametrize(
    ("tokens", "text"),
    [("de ^le musée", "du musée"), ("de ^le hôtel", "de l'hôtel"), ("à ^les enfants", "aux enfants"),
     ("à ^la gare", "à la gare"),
     ("de le voir", "de le voir"), ("de les aider", "de les aider"), ("besoin de ^des livres", "besoin de livres"),
     ("de ^dela eau", "d'eau"),
     ("^dela eau", "de l'eau"), ("^du pain", "du pain"), ("à ^Le Caire", "au Caire"), ("de ^Le Havre", "du Havre"),
     ("^Le Caire", "Le Caire"),
     ("si il vient", "s'il vient"), ("si elle vient", "si elle vient"), ("est-ce que il dort", "est-ce qu'il dort"),
     ("^ce hôtel", "cet hôtel"),
     ("^ma amie", "mon amie"), ("^vieux ami", "vieil ami"), ("Paul , Anne et Luc", "Paul, Anne et Luc")],
)  # fmt: skip
def test_french_join(tokens, text):
    assert join(tokens.split()) == text


COUNTRIES = {
    "France": ("en France", "de la France", "de France"),
    "Japan": ("au Japon", "du Japon", "du Japon"),
    "United States": ("aux États-Unis", "des États-Unis", "des États-Unis"),
    "Cuba": ("à Cuba", "de Cuba", "de Cuba"),
    "Iran": ("en Iran", "de l'Iran", "d'Iran"),
    "Mexico": ("au Mexique", "du Mexique", "du Mexique"),
    "Cambodia": ("au Cambodge", "du Cambodge", "du Cambodge"),
    "Mozambique": ("au Mozambique", "du Mozambique", "du Mozambique"),
    "Netherlands": ("aux Pays-Bas", "des Pays-Bas", "des Pays-Bas"),
    "Philippines": ("aux Philippines", "des Philippines", "des Philippines"),
    "Israel": ("en Israël", "d'Israël", "d'Israël"),
    "Haiti": ("à Haïti", "d'Haïti", "d'Haïti"),
    "Hungary": ("en Hongrie", "de la Hongrie", "de Hongrie"),
    "Honduras": ("au Honduras", "du Honduras", "du Honduras"),
    "Yemen": ("au Yémen", "du Yémen", "du Yémen"),
    "Barbados": ("à la Barbade", "de la Barbade", "de Barbade"),
    "Cyprus": ("à Chypre", "de Chypre", "de Chypre"),
    "Uganda": ("en Ouganda", "de l'Ouganda", "d'Ouganda"),
    "Côte d'Ivoire": ("en Côte d'Ivoire", "de la Côte d'Ivoire", "de Côte d'Ivoire"),
    "Solomon Islands": ("aux îles Salomon", "des îles Salomon", "des îles Salomon"),
    "Ecuador": ("en Équateur", "de l'Équateur", "d'Équateur"),
    "Portugal": ("au Portugal", "du Portugal", "du Portugal"),
}


@pytest.mark.parametrize("name", COUNTRIES)
def test_prepositions_of_countries(name):
    country = next(country for country in names.countries() if country.en == name)
    place, of, origin = COUNTRIES[name]
    assert join(country.french("in")) == place
    assert join(["de", *country.french()]) == of
    assert join(country.french("from")) == origin


def test_cities_contract_with_a_masculine_article_only():
    cities = {city.en: city for city in names.cities()}
    assert join(cities["Cairo"].french("in")) == "au Caire"
    assert join(cities["Havana"].french("in")) == "à La Havane"
    assert join(cities["Athens"].french("from")) == "d'Athènes"


@pytest.mark.parametrize(
    ("verb", "past", "participle", "ing", "third"),
    [("stop", "stopped", "stopped", "stopping", "stops"), ("study", "studied", "studied", "studying", "studies"),
     ("die", "died", "died", "dying", "dies"), ("make", "made", "made", "making", "makes"),
     ("admit", "admitted", "admitted", "admitting", "admits"),
     ("visit", "visited", "visited", "visiting", "visits"), ("write", "wrote", "written", "writing", "writes"),
     ("teach", "taught", "taught", "teaching", "teaches"),
     ("play", "played", "played", "playing", "plays"),
     ("travel", "travelled", "travelled", "travelling", "travels"), ("agree", "agreed", "agreed", "agreeing", "agrees"),
     ("open", "opened", "opened", "opening", "opens"), ("fix", "fixed", "fixed", "fixing", "fixes"),
     ("go", "went", "gone", "going", "goes")],
)  # fmt: skip
def test_english_verbs(verb, past, participle, ing, third):
    assert (english.past(verb), english.participle(verb), english.ing(verb), english.third(verb)) == (
        past,
        participle,
        ing,
        third,
    )


@pytest.mark.parametrize(
    ("noun", "plural"),
    [("child", "children"), ("policeman", "policemen"), ("city", "cities"), ("day", "days"), ("box", "boxes"),
     ("wolf", "wolves"),
     ("member of parliament", "members of parliament"), ("police officer", "police officers"),
     ("grandchild", "grandchildren"), ("church", "churches")],
)  # fmt: skip
def test_english_plural(noun, plural):
    assert english.plural(noun) == plural


@pytest.mark.parametrize("word", ["apple", "hour", "honest", "umbrella", "NGO", "onion", "unpublished", "uninhabited"])
def test_an(word):
    assert english.article(word) == "an"


@pytest.mark.parametrize(
    "word", ["university", "European", "one", "used", "Ukrainian", "house", "UN", "utensil", "unanimous"]
)
def test_a(word):
    assert english.article(word) == "a"

"""From French tokens to a line: contraction, elision and the forms that depend on the next word.

Tokens that begin with `^` are determiners or adjectives whose spelling the next word decides: `^le ^la ^les`
(articles, so that a clitic `le` never contracts), `^du ^dela ^des` (partitive and indefinite), `^ce ^ma ^ta ^sa`,
`^beau ^nouveau ^vieux` ...
"""

from .forms import BEFORE_VOWEL, opens_with_vowel

_CONTRACTED = {("de", "^le"): "du", ("à", "^le"): "au", ("de", "^les"): "des", ("à", "^les"): "aux",
               ("de", "^Le"): "du", ("à", "^Le"): "au", ("de", "^Les"): "des", ("à", "^Les"): "aux"}  # fmt: skip
_ELIDED = {
    "le",
    "la",
    "de",
    "que",
    "je",
    "ne",
    "se",
    "me",
    "te",
    "jusque",
    "lorsque",
    "puisque",
    "^le",
    "^la",
    "quoique",
}
_PARTITIVE = {"^du": ("du", "de l'"), "^dela": ("de la", "de l'"), "^des": ("des", "des")}
_BEFORE_VOWEL = {"^ce": ("ce", "cet"), "^ma": ("ma", "mon"), "^ta": ("ta", "ton"), "^sa": ("sa", "son")} | {
    "^" + plain: (plain, vowel) for plain, vowel in BEFORE_VOWEL.items()
}


def contract(tokens: list[str]) -> list[str]:
    """`de` + article -> `du`, `des`; `à` + article -> `au`, `aux`; `de` swallows a partitive or plural indefinite."""
    out: list[str] = []
    last = len(tokens) - 1
    skip = False
    for place, token in enumerate(tokens):
        if skip:
            skip = False
            continue
        if place < last and token in ("de", "à", "De", "À"):
            article = tokens[place + 1]
            if article in _PARTITIVE and token in ("de", "De"):
                out.append(token)
                skip = True
                continue
            merged = _CONTRACTED.get((token.lower(), article))
            elides = article == "^le" and place + 1 < last and opens_with_vowel(tokens[place + 2])
            if merged and not elides:
                out.append(merged if token.islower() else merged.capitalize())
                skip = True
                continue
        out.append(token)
    return out


def join(tokens: list[str]) -> str:
    """One line of French with straight apostrophes and no end mark; the first letter is left as it is."""
    tokens = contract(tokens)
    text = ""
    last = len(tokens) - 1
    for place, token in enumerate(tokens):
        if token[0] == "-":
            text = text.rstrip() + token
            continue
        if token == ",":
            text = text.rstrip() + ", "
            continue
        vowel = place < last and opens_with_vowel(tokens[place + 1])
        if token.lower() in _ELIDED:
            token = token.lstrip("^")
            text += token[:-1] + "'" if vowel else token + " "
        elif token in _PARTITIVE:
            form = _PARTITIVE[token][vowel]
            text += form if form.endswith("'") else form + " "
        elif token in _BEFORE_VOWEL:
            text += _BEFORE_VOWEL[token][vowel] + " "
        elif token == "si" and place < last and tokens[place + 1] in ("il", "ils"):
            text += "s'"
        else:
            text += token.lstrip("^") + ("" if token[-1] == "-" else " ")
    return text.rstrip()

"""Personal pronouns, and how often each is a subject or an object.

`tu` and `vous` are one English you; `we` is said `nous` or, in the third person singular, `on`.
"""

from .phrases import Node, Pronoun
from .sampler import zipf

PRONOUNS = {
    "he": Pronoun(("he", "him"), ("il", "le", "lui", "lui"), 3, False, "m", "his"),
    "she": Pronoun(("she", "her"), ("elle", "la", "lui", "elle"), 3, False, "f", "her"),
    "they": Pronoun(("they", "them"), ("ils", "les", "leur", "eux"), 3, True, "m", "their"),
    "they_f": Pronoun(("they", "them"), ("elles", "les", "leur", "elles"), 3, True, "f", "their"),
    "tu": Pronoun(("you", "you"), ("tu", "te", "te", "toi"), 2, False, "m", "tu", plural_english=True),
    "vous": Pronoun(("you", "you"), ("vous", "vous", "vous", "vous"), 2, True, "m", "vous", polite=True),
    "we": Pronoun(("we", "us"), ("nous", "nous", "nous", "nous"), 1, True, "m", "our"),
    "on": Pronoun(("we", "us"), ("on", "nous", "nous", "nous"), 3, False, "m", "our", plural_english=True),
    "i": Pronoun(("I", "me"), ("je", "me", "me", "moi"), 1, False, "m", "my"),
}
SUBJECTS = zipf(("he", "she", "vous", "they", "tu", "we", "i", "they_f", "on"), 2.0)
OBJECTS = zipf(("he", "she", "they", "they_f"), 2.0)


def anaphor(node: Node) -> Pronoun:
    """The pronoun that stands for somebody who was named before."""
    if isinstance(node, Pronoun):
        return node
    singular, plural = ("she", "they_f") if node.gender == "f" else ("he", "they")
    return PRONOUNS[plural if node.plural else singular]

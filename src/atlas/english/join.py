"""From English tokens to a line."""

from .forms import article


def join(tokens: list[str]) -> str:
    """One line of English with no end mark. `a^` becomes a or an; a comma and `'s` attach to the word before them."""
    text = ""
    last = len(tokens) - 1
    for place, token in enumerate(tokens):
        if token == "," or token[0] == "'":
            text = text.rstrip() + token + " "
        elif token == "a^":
            text += article(tokens[place + 1].split()[0] if place < last else "") + " "
        else:
            text += token + " "
    return text.rstrip()

"""How alike two short texts are, and which of many belong together: words weighted by how rare they are. Pure and deterministic."""

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import log

_WORD = re.compile(r"[^\W_]{2,}", re.UNICODE)
STOP = frozenset(["a", "about", "after", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been", "before", "being", "but", "by", "can", "cannot", "could", "did", "do", "does", "doing", "don", "down", "each", "else", "few", "for", "from", "get", "gets", "getting", "go", "got", "had", "has", "have", "having", "he", "hello", "her", "here", "hi", "his", "how", "if", "in", "into", "is", "isn", "it", "its", "just", "like", "me", "more", "most", "my", "no", "nor", "not", "now", "of", "off", "on", "once", "only", "or", "other", "our", "out", "over", "own", "please", "re", "same", "she", "should", "since", "so", "some", "still", "such", "than", "thank", "thanks", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "to", "too", "try", "tried", "trying", "under", "until", "up", "us", "very", "via", "was", "we", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "work", "working", "works", "would", "you", "your", "der", "die", "das", "und", "ist", "nicht", "ein", "eine", "mit", "von", "auf"])
ALIKE, RARE, BUCKET, MOST_WORDS = 0.42, 4, 40, 40


def words(text):
    """The telling words of a text: folded, without endings of number, without those that every text has, in order and each once."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    found = (_stem(w) for w in _WORD.findall(plain) if w not in STOP and not w.isdigit())
    return tuple(dict.fromkeys(w for w in found if w not in STOP))[:MOST_WORDS]


def _stem(word):
    """Without the commonest English endings: enough that 'scanners drop' and 'scanner dropped' meet, and no more."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for end in ("ing", "ed", "es", "s"):
        if len(word) > len(end) + (2 if end == "s" else 3) and word.endswith(end) and not word.endswith("ss"):
            word = word[: -len(end)]
            return word[:-1] if end in ("ing", "ed") and len(word) > 3 and word[-1] == word[-2] else word
    return word


class Weights:
    """How much a word tells, from how many texts hold it."""

    def __init__(self, texts):
        self.total, self.seen = len(texts), Counter(w for t in texts for w in t)

    def of(self, word):
        return log((self.total + 1) / (self.seen.get(word, 0) + 0.5)) + 0.1


def alike(first, second, weights):
    """From 0 to 1: the weight of the words that both have, of the weight of all."""
    one, two = set(first), set(second)
    every = sum(weights.of(w) for w in sorted(one | two))
    return sum(weights.of(w) for w in sorted(one & two)) / every if every else 0.0


@dataclass
class Cluster:
    """Texts that belong together: keys in order, the words that most of them share."""

    keys: list = field(default_factory=list)
    heart: tuple = ()


def clusters(texts, least=3, enough=ALIKE):
    """Clusters of `texts`, [(key, block, words)] in a fixed order; only texts of one block meet. The largest first.

    Each text joins the cluster whose heart it is most like, found by its rarest words; so the work grows with the number of texts
    and not with its square. The heart follows its members: the words that at least half of them have.
    """
    weights, found, counts = Weights([w for _k, _b, w in texts]), [], []
    by_word = defaultdict(list)  # (block, word) -> numbers of clusters, the newest last
    for key, block, own in texts:
        if not own:
            continue
        rare = sorted(own, key=lambda w: (-weights.of(w), w))[: RARE + 2]
        near, best = {n for word in rare for n in by_word[block, word][-BUCKET:]}, (enough, None)
        for n in sorted(near):
            likeness = alike(own, found[n].heart, weights)
            if likeness > best[0]:
                best = likeness, n
        n = best[1]
        if n is None:
            n = len(found)
            found.append(Cluster([], own))
            counts.append(Counter())
        one, seen = found[n], counts[n]
        one.keys.append(key)
        seen.update(own)
        if len(one.keys) in (1, 2, 3, 5, 8, 13, 21, 34, 55) or len(one.keys) % 100 == 0:
            one.heart = tuple(w for w, c in sorted(seen.items(), key=lambda s: (-s[1], s[0])) if 2 * c >= len(one.keys))[:12] or one.heart
        for word in rare[:RARE]:
            bucket = by_word[block, word]
            if n not in bucket[-BUCKET:]:
                bucket.append(n)
    return sorted((c for c in found if len(c.keys) >= least), key=lambda c: (-len(c.keys), str(c.keys[0])))


def precision(found, labels):
    """Of all pairs that `found` puts together, the share that carries the same label; None without a pair."""
    right = every = 0
    for one in found:
        counts = Counter(labels[k] for k in one.keys)
        n = len(one.keys)
        every += n * (n - 1) // 2
        right += sum(c * (c - 1) // 2 for c in counts.values())
    return right / every if every else None

"""Golden vectors of the text metrics: `python -m rationale_trainer.metric_goldens WORDNET_FOLDER`.

Needs the packages of trainer/requirements-goldens.txt and the dict files of WordNet 3.0 (Debian: wordnet-base).
Writes test/cases/text-metrics-golden.jsonl (pairs of texts with the score of every metric) and
text-metrics-words.json (tokens, sentences, stems, synonyms).
"""

import json
import random
import sys
from pathlib import Path

from nltk.corpus import wordnet
from nltk.stem.porter import PorterStemmer
from nltk.tokenize import NLTKWordTokenizer

from .reference_metrics import load_wordnet, punkt, scores

CASES = Path(__file__).parents[2] / "test/cases"
RANDOM_PAIRS, RANDOM_TEXTS, RANDOM_WORDS = 260, 160, 1200

PAIRS = [
    ("the cat is on the mat", "the cat sat on the mat"),
    ("The cat is on the mat.", "the cat sat on the mat"),
    ("It is a guide to action which ensures that the military always obeys the commands of the party",
     "It is a guide to action that ensures that the military will forever heed Party commands"),
    ("", "the cat sat on the mat"),
    ("the cat sat on the mat", ""),
    ("", ""),
    ("   \t\n", "the cat sat"),
    (".", "the cat sat."),
    (". . .", "..."),
    ("?!", "What?!"),
    ("--- *** ///", "nothing but punctuation"),
    ("same text", "same text"),
    (" same text \n", "same text"),
    ("the the the the the the the", "the cat is on the mat"),
    ("the cat is on the mat", "the the the the the the the"),
    ("one", "one"),
    ("one", "two"),
    ("two words", "two words"),
    ("Mice ran; geese were flying.", "A mouse runs. The goose flew!"),
    ("The boys' cars couldn't start, they're broken.", "The boy's car can't have started: it's broken."),
    ("He purchased an automobile", "He bought a car"),
    ("Dr. Lee lives in the U.S. now. She moved there on Jan. 3.", "Dr. Lee moved to the United States. She lives there."),
    ("The answer is B. The magnets repel because like poles face each other.",
     "Like poles face each other. So, the magnets repel. The answer is A."),
    ("Step 1. Heat the water. Step 2. Add salt.", "1. Heat water.\n2. Add salt.\n"),
    ("She said, \"Plants need light.\" Then (after lunch) she left.", "\"Plants need light,\" she said. Then she left."),
    ("wait... what?! no -- never", "Wait, what? No, never!!!"),
    ("Rivers carry sediment; deltas form where rivers slow down.", "Where a river slows, sediment settles and a delta forms."),
    ("photosynthesis turns light into sugar", "Sugar is made from light by photosynthesis."),
    ("Äpfel und Birnen sind Früchte", "äpfel und birnen sind früchte"),
    ("选项编号为3", "选项编号为 3"),
    ("naïve café — “quoted” ‘words’ «here»", "naive cafe - \"quoted\" 'words' here"),
    ("😀😀ing 😀s x😀ed", "😀😀 😀 x😀"),
    ("Σίσυφος ΟΔΟΣ", "σίσυφος οδος"),
    ("İstanbul ſtrange Kelvin", "istanbul strange kelvin"),
    ("cannot gonna wanna gimme 'tis d'ye more'n lemme gotta wanna", "can not gon na wan na gim me 't is"),
    ("rock 'n' roll in the '90s, y'all'd've loved it", "rock and roll in the 90s"),
    ("a_b ice_cream snake_case", "ice cream icecream"),
    ("ratio 3:4, 1,000 and 5:30; a:b", "3 : 4 , 1000"),
    ("$5.00 & 7% #1 @home", "5.00 dollars and 7 percent"),
    ("a" * 300, "a" * 299),
    ("yyyy yyyying syzygy", "yyy syzygies"),
    ("word " * 700, "word " * 650 + "other"),
    (("alpha beta gamma. " * 40).strip(), ("gamma alpha beta. " * 30).strip()),
    ("never a full stop " * 300, "a full stop never " * 120),
    ("x\u00a0y\u2003z\u3000w\x1cv\x85u", "x y z w v u"),
    ("zero\u200bwidth \ufeffmark", "zero width mark"),
]
TEXTS = [
    "Mr. and Mrs. Smith went to Washington, D.C. They met Gov. Brown, i.e. the governor. Etc. and so on.",
    "He said \"Go.\" She went. (Really.) 'Yes.' [Sure.] {Fine.} “Good.” «Bon.» The end",
    "A. The first. B. Because it is. C. Option three. J. Smith agreed.",
    "It cost 3. The rest was 4.5. then nothing. No. 5 is alive.",
    "Wait ... then . . . go.. Now! Yes?No. Hm?! \"What?\" he said.",
    "One.\n\nTwo!\nthree. Four.\tFive.--Six. Seven.\"--Eight. )Nine.",
    "the F.B.I. Agents and non-U.S. companies vs. Others. The N.Y. Times at 5 p.m. on Monday.",
    "Don't you've I'll they'd we're it's he's dogs' o'clock 'em 'twas 'Twas 'tis. ''double'' ``back`` `one`",
    "a.b.c. e.g. this, etc.) etc. ] end .",
    "commas,here,and 1,000,000,now: time 5:30:x :: ,, end,",
    "dashes -- --- – — ‒ ― and <tags> [x] {y} (z)*",
    "ends with colon:\n",
    "ends with spaces.   \n  ",
    "ends with quote.'\" )",
    "ellipsis at the end...",
    "'start 'sve 're 'N 'd've ('s) _'x",
]
ALPHABETS = [
    "abc .",
    "abcdefghijklmnopqrstuvwxyz   ..,",
    "AaBbSsTt'\"`.,:;!?-()[]{}<>*&$#@% \n\t",
    "aé😀中Σσς.İıſK’“”«»—…\u0301\u200d 12٣ \u00a0\x1c",
]
VOCABULARY = (
    "the a an of in on to and or not is are was were be been do does did has have had he she it they we you "
    "big large huge small little tiny quick fast rapid cat cats dog dogs mouse mice goose geese child children run runs "
    "running ran walk walked walking buy bought purchase purchased automobile car cars city town large answer answers "
    "answered reply question questions choice option start started begin began starting end ended finish happy glad sad "
    "relational conditional rational hopefulness goodness electrical formalize adjustment adoption communism triplicate "
    "Mr. Dr. U.S. e.g. etc. A. B. 3. 4.5 1,000 don't can't it's they're cannot gonna The This Because So Lines Paris AD"
).split()
PUNCTUATION = ["", "", "", "", "", ",", ".", ".", ";", "!", "?", "...", "\n", " --", ")", '"', "'"]


def sentence(draw: random.Random, most: int) -> str:
    return " ".join(draw.choice(VOCABULARY) + draw.choice(PUNCTUATION) for _ in range(draw.randrange(most)))


def noise(draw: random.Random, most: int) -> str:
    alphabet = draw.choice(ALPHABETS)
    return "".join(draw.choice(alphabet) for _ in range(draw.randrange(most)))


def altered(draw: random.Random, text: str) -> str:
    """The text with words dropped, doubled, swapped or replaced, so that a score is seldom 0."""
    words = text.split(" ")
    for _ in range(draw.randrange(1 + len(words) // 2)):
        at = draw.randrange(len(words))
        words[at] = draw.choice([words[at] * 2, words[at] + " " + words[at], "", draw.choice(VOCABULARY), words[at].upper()])
    if draw.random() < 0.3:
        draw.shuffle(words)
    return " ".join(words)


def pairs() -> list[tuple[str, str]]:
    draw = random.Random(4)
    drawn = list(PAIRS)
    for index in range(RANDOM_PAIRS):
        reference = noise(draw, 120) if index % 3 == 0 else sentence(draw, 60)
        drawn.append((altered(draw, reference) if index % 2 else sentence(draw, 40), reference))
    return drawn


def words() -> dict:
    draw = random.Random(5)
    texts = TEXTS + [noise(draw, 80) if index % 2 else sentence(draw, 30) for index in range(RANDOM_TEXTS)]
    tokenizer, sentences, stem = NLTKWordTokenizer(), punkt(), PorterStemmer().stem
    endings = ["", "s", "es", "ed", "ing", "ies", "ied", "eed", "y", "ly", "ally", "logy", "logi", "ation", "ness", "er", "est", "al", "ment", "ion", "e", "ll"]
    lemmas = sorted(lemma for lemma in wordnet._lemma_pos_offset_map if "_" not in lemma)
    irregular = sorted({form for forms in wordnet._exception_map.values() for form in forms})
    drawn = [draw.choice(lemmas) + draw.choice(endings) for _ in range(RANDOM_WORDS)] + draw.sample(irregular, 200)
    drawn += [word.lower() for word in VOCABULARY] + ["skies", "dying", "innings", "succeed", "howe", "yy", "😀s", "ice_cream"]
    return {
        "sentences": [[text, sentences.tokenize(text)] for text in texts],
        "tokens": [[text, tokenizer.tokenize(text)] for text in texts],
        "stems": {word: stem(word) for word in drawn},
        "synonyms": {word: synonyms(word) for word in drawn},
    }


def synonyms(word: str) -> list[str]:
    names = {lemma.name() for synset in wordnet.synsets(word) for lemma in synset.lemmas()}
    return sorted(name for name in names if "_" not in name and name == name.lower())


def main():
    if len(sys.argv) != 2:
        sys.exit("Say where the dict files of WordNet 3.0 are, such as /usr/share/wordnet.")
    load_wordnet(Path(sys.argv[1]))
    lines = [{"candidate": c, "reference": r, "scores": scores(c, r)} for c, r in pairs()]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (CASES / "text-metrics-golden.jsonl").write_text(text, encoding="utf-8")
    text = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in words().items())
    (CASES / "text-metrics-words.json").write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""The text metrics as their reference packages compute them (trainer/requirements-goldens.txt)."""

import json
import re
import tempfile
import warnings
from pathlib import Path
from shutil import copy

import nltk
from nltk.corpus import wordnet
from nltk.tokenize import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer
from nltk.translate.bleu_score import sentence_bleu
from nltk.translate.meteor_score import single_meteor_score
from rouge import Rouge
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import CHRF

PARAMETERS = Path(__file__).parents[2] / "server/src/core/metrics/text/punkt-english.json"
# Names of WordNet's lexicographer files with their part of speech, in order: man page lexnames(5WN).
LEXNAMES = (
    "adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body noun.cognition "
    "noun.communication noun.event noun.feeling noun.food noun.group noun.location noun.motive noun.object noun.person "
    "noun.phenomenon noun.plant noun.possession noun.process noun.quantity noun.relation noun.shape noun.state "
    "noun.substance noun.time verb.body verb.change verb.cognition verb.communication verb.competition verb.consumption "
    "verb.contact verb.creation verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative "
    "verb.weather adj.ppl"
).split()
POS_NUMBER = {"noun": 1, "verb": 2, "adj": 3, "adv": 4}
# Bits of an orthographic context: seen inside a sentence in upper case, and in lower case.
MID_UPPER, MID_LOWER = 4, 32

warnings.filterwarnings("ignore", module="nltk")


def load_wordnet(folder: Path):
    """Gives NLTK the dict files of WordNet 3.0 in the layout of its corpus."""
    data = Path(tempfile.mkdtemp(prefix="nltk_data_"))
    corpus = data / "corpora/wordnet"
    corpus.mkdir(parents=True)
    for pattern in ("index.*", "data.*", "*.exc", "cntlist.rev"):
        for file in folder.glob(pattern):
            copy(file, corpus)
    lines = [f"{index:02d}\t{name}\t{POS_NUMBER[name.split('.')[0]]}\n" for index, name in enumerate(LEXNAMES)]
    (corpus / "lexnames").write_text("".join(lines))
    # METEOR asks for no sense keys.
    (corpus / "index.sense").write_text("")
    nltk.data.path.insert(0, str(data))
    assert wordnet.get_version() == "3.0", f"{folder} does not hold WordNet 3.0."


def punkt() -> PunktSentenceTokenizer:
    """NLTK's Punkt with the parameters that are ours."""
    ours = json.loads(PARAMETERS.read_text(encoding="utf-8"))
    parameters = PunktParameters()
    parameters.abbrev_types = set(ours["abbreviations"])
    parameters.sent_starters = set(ours["sentenceStarters"])
    for word in ours["words"]:
        parameters.add_ortho_context(word, MID_UPPER | MID_LOWER)
    return PunktSentenceTokenizer(parameters)


_sentences, _words = punkt(), NLTKWordTokenizer()
_rouge = Rouge(metrics=["rouge-l"])
_rouge_types = ["rouge1", "rouge2", "rougeL"]
_scorers = {stem: RougeScorer(_rouge_types, use_stemmer=stem) for stem in (False, True)}
_rouge_l = RougeScorer(["rougeL"])
_chrf = CHRF()


def word_tokens(text: str) -> list[str]:
    """`nltk.word_tokenize`, its sentences divided with our parameters."""
    return [token for sentence in _sentences.tokenize(text) for token in _words.tokenize(sentence)]


def bleu(candidate: str, reference: str, order: int) -> float:
    """As the ScienceQA evaluation has it."""
    reference_tokens, tokens = ([word for word in re.split(r"\s|\.", text) if word] for text in (reference, candidate))
    return sentence_bleu([reference_tokens], tokens, (1 / order,) * order)


def rouge_l_package(candidate: str, reference: str) -> float:
    """As the ScienceQA evaluation has it: the reference first, and 0 for any exception."""
    try:
        return _rouge.get_scores(reference, candidate, avg=False)[0]["rouge-l"]["f"]
    except (ValueError, RecursionError):
        return 0.0


def rouge(candidate: str, reference: str, stem: bool) -> dict[str, float]:
    scores = _scorers[stem].score(reference, candidate)
    suffix = "-stem" if stem else ""
    return {f"rouge-{name[5:].lower()}{suffix}": scores[name].fmeasure for name in _rouge_types}


def rouge_l(candidate: str, reference: str) -> float:
    """What `rouge` has as `rouge-l`, without the other types: for timing."""
    return _rouge_l.score(reference, candidate)["rougeL"].fmeasure


def meteor(candidate: str, reference: str) -> float:
    return single_meteor_score(word_tokens(reference), word_tokens(candidate))


def scores(candidate: str, reference: str) -> dict[str, float]:
    """Every metric of the table `server/src/core/metrics/text/index.ts` by its id."""
    return {
        **{f"bleu-{order}": bleu(candidate, reference, order) for order in (1, 2, 3, 4)},
        **rouge(candidate, reference, False),
        **rouge(candidate, reference, True),
        "rouge-l-package": rouge_l_package(candidate, reference),
        "meteor": meteor(candidate, reference),
        "chrf": _chrf.sentence_score(candidate, [reference]).score,
        "exact-match": float(candidate.strip() != "" and candidate.strip() == reference.strip()),
    }

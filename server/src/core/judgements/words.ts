/** The words that announce an answer, in the languages models answer in; sources of patterns that ignore case. */

/** "answer", where words stand apart. */
export const ANSWER =
  'answer|respuesta|r[ée]ponse|resposta|risposta|antwoord|antwort|odpowied[źz]|ответ|cevap|jawaban|đáp án|câu trả lời|الإجابة|الجواب|उत्तर';
/** "option", likewise. */
export const OPTION =
  'option|choice|letter|opci[óo]n|op[çc][ãa]o|opzione|alternativa|вариант(?: ответа)?|seçenek|lựa chọn';
/** "is", likewise. */
export const IS = 'is|was|(?:would|should|must|will) be|es|est|é|è|ist|lautet|это|là|adalah';
/** "correct", likewise. */
export const CORRECT =
  'correct[oae]?|corrett?[ao]|richtige?|juiste|правильный|верный|right|best|final|chosen|doğru|đúng';
/** "answer" and "option" where they do not, with the "number of" that may follow them. */
export const UNSPACED =
  '(?:答案|回答|正解|答え|正确选项|选项|選項|選択肢|정답|선택지)\\s*(?:编号|編號|番号|번호)?\\s*(?:应该?|應該?)?';
/** "is", likewise. */
export const UNSPACED_IS = '是|为|為|は|은|는';

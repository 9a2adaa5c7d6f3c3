"""Refusals: the model says that it will not, or cannot, give what it was asked for. Pure."""

from __future__ import annotations

import re

from worker.mill.looks.wording import Wording, word_list

#: Kinds of values that may well say so.
_TALK = word_list(
    """
    message messages reply replies response responses answer answers refusal refusals rejection
    rejections apology apologies excuse excuses chat chats chatbot conversation conversations
    comment comments review reviews support ticket tickets lyrics song songs antwort antworten
    nachricht nachrichten absage absagen entschuldigung ausrede ausreden réponse réponses excuse
    respuesta respuestas excusa excusas mensaje mensajes risposta risposte resposta respostas
    """
)

#: What a refusal begins with; most values are asked no more than this.
_FIRST_WORDS = word_list(
    """
    i i'm i’m im we we're we’re sorry afraid unfortunately as es tut entschuldigung dabei damit
    hierbei leider ich als je vraiment désolé désolée en lo no como desculpe sinto lamento não mi
    non het извините простите к я
    """
)
_FIRST_CHARACTERS = frozenset("很抱对我申お")

_REFUSAL = re.compile(
    r"""\W*(?:
      # English
      (?:(?:i['’]?m|i\ am|we['’]re|we\ are)\ (?:very\ |so\ |really\ )?)?(?:sorry|afraid)\b
          .{0,30}\b(?:can(?:['’]t|not|\ not)|unable|not\ able|won['’]t|don['’]t)\b
    | i\ apologi[sz]e\b.{0,30}\b(?:can(?:['’]t|not|\ not)|unable|not\ able|won['’]t)\b
    | (?:unfortunately,?\ )?(?:i|we)\ (?:
          can(?:['’]t|not|\ not)|won['’]t|will\ not|must\ decline\ to
        | (?:am|are)\ (?:unable|not\ able)\ to)\ (?:
          (?:help|assist)(?:\ (?:you|with)\b|\W*$)
        | (?:provide|generate|create|produce|comply|fulfil|answer|complete|support|engage)\b)
    | i['’]m\ (?:unable|not\ able)\ to\b
    | (?:as|i['’]m|i\ am)\ (?:just\ |only\ )?an?\ (?:
          ai|artificial\ intelligence|(?:large\ )?language\ model
        | (?:virtual\ |digital\ )?assistant)\b
    # German
    | (?:es\ )?tut\ mir\ leid\b.{0,40}\b(?:kann|darf|werde)\b | entschuldigung\b.{0,20}\bkann\ ich\b
    | (?:dabei|damit|hierbei|leider)\ kann\ ich\b.{0,40}\b(?:nicht|keine?n?)\b
    | ich\ (?:kann|darf)\b.{0,60}\bnicht\ (?:
          helfen|weiterhelfen|beantworten|erstellen|bereitstellen|erfüllen|unterstützen|nachkommen)
    | als\ (?:ki|künstliche\ intelligenz|sprachmodell)\b
    # French
    | (?:je\ suis\ )?(?:vraiment\ )?désolée?\b.{0,20}\bje\ ne\ (?:peux|suis)\b
    | je\ ne\ (?:peux|suis)\ pas\ (?:en\ mesure\ de\ |capable\ de\ )?(?:vous\ |t['’])?
          (?:aider|fournir|générer|créer|répondre)
    | en\ tant\ qu['’](?:ia|intelligence\ artificielle|assistant)\b
    # Spanish, Portuguese, Italian
    | lo\ siento\b.{0,20}\bno\ puedo\b
    | no\ puedo\ (?:ayudar|proporcionar|generar|crear|cumplir|responder)
    | como\ (?:una?\ )?(?:ia|inteligencia\ artificial|modelo\ de\ (?:lenguaje|linguagem))\b
    | (?:desculpe|sinto\ muito|lamento)\b.{0,20}\bnão\ (?:posso|consigo)\b
    | não\ posso\ (?:ajudar|fornecer|gerar|criar|responder)
    | mi\ dispiace\b.{0,20}\bnon\ posso\b
    | non\ posso\ (?:aiutar|fornir|generar|crear|risponder)
    # Dutch, Russian, Chinese, Japanese
    | (?:het\ spijt\ me|sorry)\b.{0,20}\bik\ kan\b.{0,40}\b(?:niet|geen)\b
    | (?:извините|простите|к\ сожалению)\b.{0,20}\bне\ могу\b
    | я\ не\ могу\ (?:помочь|предоставить|создать|ответить|выполнить)
    | (?:很?抱歉|对不起).{0,10}(?:无法|不能) | 我(?:无法|不能)(?:提供|生成|帮助|协助|满足|回答)
    | 申し訳(?:ありません|ございません) | お(?:手伝い|答え)できません
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def is_refusal(value: str, words: tuple[str, ...], wording: Wording) -> bool:
    """Whether a value is no value, but the model's word that it gives none.

    :param words: those of the value.
    """
    if not words or (words[0] not in _FIRST_WORDS and words[0][0] not in _FIRST_CHARACTERS):
        return False
    if not _REFUSAL.match(value):
        return False
    return not wording.quoted and _TALK.isdisjoint(wording.kind)

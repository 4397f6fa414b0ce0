"""Questions about people: who is enrolled, what somebody asks for, and what root alone may do about it."""

from __future__ import annotations

import re

from langso.words.catalogue import Sentence
from office.signer.asked.book import PlayKind
from office.signer.asked.orders import hash_of, read_asked
from office.signer.asked.people import ROOT, Powers
from office.signer.asked.second_person import SecondRule
from office.signer.errors import SignerRefused
from office.signer.signing import Signing
from office.signer.wire import ROOTS, EnrolledPerson, Reply, Request

_PERSON = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?")


def answer_about_people(signing: Signing, request: Request, *, root: bool) -> Reply:
    """The answer. `root`: the kernel says that root asks, or the signer itself. Raises SignerRefused, StoreError."""
    if request.do in ROOTS:
        if not root:
            raise SignerRefused(Sentence("signer-roots-only"))
        return _answer_root(signing, request)
    with signing.people() as (people, asking, now):
        if request.do == "standing":
            kind: PlayKind = "alarm" if request.kind == "alarm" else "play"
            second: SecondRule = signing.second if signing.asked and kind == "play" else "never"
            found = asking.standing(
                kind, request.ids, now, second, signing.loudspeakers() if second == "whole" else ()
            )
            return Reply(
                asked=signing.asked,
                known=found.known,
                waiting=found.waiting,
                ended=found.ended,
                still=found.still,
            )
        if request.do == "ask":
            if request.person == ROOT and not root:
                raise SignerRefused(Sentence("signer-roots-only"))
            asked = read_asked(request.payload)
            asking.take(asked, request.person, now, code=request.code, passkey=request.passkey)
        elif request.do == "challenge":
            sha256 = hash_of(read_asked(request.payload))
            return Reply(text=people.challenge(request.person, sha256, request.origin))
        elif request.do == "invited":
            return Reply(text=people.begin_passkey(request.person, request.code, request.origin, now))
        elif request.do == "enrol_passkey":
            people.finish_passkey(request.person, request.code, request.passkey, now)
            asking.note(now, request.person, "invitation", "enrol passkey")
        return _everybody(signing)


def _answer_root(signing: Signing, request: Request) -> Reply:
    if request.do == "believe_clock":
        signing.believe_clock()
        return Reply()
    person = request.person
    with signing.people() as (people, asking, now):
        if request.do == "release":
            return Reply(text=str(asking.release(now)))
        if request.do == "second":
            asking.set_second(request.payload, now)
            return _everybody(signing)
        if _PERSON.fullmatch(person) is None or person == ROOT:
            raise SignerRefused(Sentence("signer-person-name"))
        asking.note(now, person, "root", request.do)
        powers = Powers(request.alarms, request.approves)
        if request.do == "enrol":
            return Reply(text=people.begin_code(person, request.payload[:80], powers=powers))
        if request.do == "enrol_code":
            people.finish_code(person, request.code, now)
        elif request.do == "invite":
            return Reply(text=people.invite(person, now, powers=powers))
        elif request.do == "list_anew":
            return Reply(lines=people.list_anew(person, now, powers=powers))
        elif request.do == "revoke":
            people.revoke(person)
        return _everybody(signing)


def _everybody(signing: Signing) -> Reply:
    return Reply(
        asked=signing.asked,
        second="" if signing.second == "never" else signing.second,
        people=tuple(
            EnrolledPerson(
                person=one.person,
                alarms=one.alarms,
                code=one.code,
                passkeys=one.passkeys,
                listed=one.listed,
                approves=one.approves,
            )
            for one in signing.enrolled
        ),
    )

"""English."""
from __future__ import annotations

WORDS: dict[str, str] = {
    "password": r"passwords?|passphrase|passcode|pwd|passwd|wifi key|wi-?fi code|wi-?fi password|access code|door code|alarm code|pin code",
    "confidence": r"confidential|embargo(?:ed)?|internal (?:only|use|document|memo)|for internal use|internally|not public yet|top secret|between us|trade secret|under nda|nda|draft",
    "confidence_always": r"strictly confidential|under embargo|embargo(?:ed)?|do not (?:share|publish|distribute|forward|disclose)|don't (?:share|publish)|not (?:for publication|public yet|to be shared)|trade secret",
    "months": r"january|february|march|april|may|june|july|august|september|october|november|december|mar|oct",
    "weekdays": r"monday|tuesday|wednesday|thursday|friday|saturday|sunday",
    "future": r"tomorrow|the day after tomorrow|tonight|next (?:week|month|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|this weekend|until|till|from|in (?:two|three|\d{1,2}) (?:days|weeks)",
    "past": r"was|were|yesterday|last|stood|went|been|travelled|traveled|had|spoke|ago|won|brewed|celebrated",
    "we": r"we|we're|we'll|our (?:whole )?team|everyone",
    "away": r"on (?:holiday|vacation|leave|a business trip)|out of (?:office|town)|away|abroad|not (?:home|at home|in the office)",
    "to": r"in|to|for|at|from",
    "car": r"car|van|truck|lorry|number plate|license plate|licence plate|plates?|parked|vehicle|driver",
    "not_street": r"am|pm|o'clock|euros?|km|miles|metres|years|people|litres|times",
    "company_number": r"vat|company number|ean|barcode|isbn|order|item|invoice|tracking",
}

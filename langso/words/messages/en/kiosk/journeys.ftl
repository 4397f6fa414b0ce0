journeys-side-other = Other side
journeys-side-front = Front
journeys-side-back = Back
journeys-sealing-failed = Something went wrong, the papers are kept; please try again.
journeys-on-the-way = On the way to the commune
# The machine went off and on again; whoever sent the papers still stands there.
journeys-given-again = The machine has started anew. The papers sent are safe
journeys-received = The commune has them
journeys-offline = No network: kept safe here, sent later
journeys-ask-ready = If all is right, touch Send
journeys-ask-wait =
    { $seconds ->
        [one] Please read it once more. Send lights up in one second
       *[other] Please read it once more. Send lights up in { $seconds } seconds
    }
journeys-sealing = Sealing the papers…
journeys-opening-camera = Opening the camera…
journeys-card-not-begun = No card is being taken yet; please touch Card, both sides.
journeys-card-unseen = No card is seen, please lay it in the middle.
journeys-no-corners = The corners of this page cannot be set; please take it again.
journeys-visit-over = This visit is over; please begin anew.
journeys-too-early = Not that far yet; please take one page at least.
journeys-not-kept = This page could not be kept; please take it again.
journeys-judge-first = A page is being looked at; please keep it or take it again.
journeys-card-left = The card was left; to take one please touch Card, both sides.
journeys-nothing-taken = No page was taken; please take one.
journeys-no-such-page = There is no such page; please choose another.
journeys-no-pages = There is no page yet; please take one at least.
journeys-not-chosen = The pages are not chosen yet; please touch That is all before sending.
journeys-memory-full = The machine's memory is full; please send the pages taken so far.
journeys-odd-same = Like page { $page }, better look again
journeys-enough-pages = There are { $most } pages, the most there may be; please send them and scan on after that.
journeys-fee-no-amount = No amount is given
journeys-fee-only-own = Only codes of the commune's accounts are shown; please ask the staff.
journeys-slip-only-own = Slips are made for the commune's accounts only; please ask the staff.
journeys-fee-not-payment = This is no payment code; please show a paper with a VietQR code.
journeys-fee-broken = This code is damaged or was changed; please show another or ask the staff.
journeys-fee-other-code = This code is not for paying, please show another
journeys-slip-amount = Amount
journeys-slip-words = In words
journeys-slip-holder = Pay to
journeys-slip-account = Account
journeys-slip-purpose = Purpose
journeys-slip-dossier = Dossier
journeys-fee-two-codes = Two codes are seen, please leave one only
journeys-fee-unread = The code cannot be read yet, please keep still
journeys-fee-dossier = Dossier { $number }
journeys-fee-bank = Bank { $number }
journeys-slip-foot = Show this slip at the counter
journeys-slip-heading = SLIP FOR A FEE
journeys-scan-title = Scan papers
journeys-scan-under = Lay paper under the camera, it is taken by itself
journeys-not-taken = It could not be taken, please try again
journeys-not-made = Something went wrong, please take this page again.
journeys-corners-failed = Something went wrong, please try again
journeys-retake-under = The new page takes the place of the old one
journeys-taking = Taking…
journeys-no-picture = No picture yet, please wait a moment
journeys-clear = Clear
journeys-side-done =
    { $side ->
        [front] Front, done
        [back] Back, done
       *[other] First side, done
    }
journeys-retake-title = Take page { $page } again

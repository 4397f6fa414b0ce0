screens-making = Making it clear, please wait a moment
screens-corners-how = Touch a circle and drag it
screens-corners-unknown = The edges are not seen, please show them
screens-done = Done
screens-corners-title = Drag to the four corners of the paper
screens-again = Again
screens-corners-whole = Whole picture
screens-fee-title = Pay a fee
screens-fee-how = Hold the QR code on the paper before the camera
screens-to-start = To the first page
screens-sorry-title = Sorry
screens-home-scan =
    Scan papers,
    hand them in
screens-home-fee =
    Pay a fee by
    QR code
screens-home-sizes = Size of letters
screens-home-contrast = Contrast
screens-home-scan-how = Lay paper under the camera
screens-home-fee-how = Or take a slip for cash
screens-letters-usual = Usual
screens-letters-large = Large
screens-letters-largest = Largest
screens-letters-title = Letters
screens-letters-how = Touch the size that is easy to read
screens-letters-colours = Usual colours
screens-letters-strong = Black and white
screens-pages-remove = Remove page
screens-pages-sure = Touch again
screens-pages-again = Take this page again
screens-pages-under = Look, put in order, take again
screens-pages-sure-short = Really?
screens-pages-remove-short = Remove
screens-pages-up-short = Up
screens-pages-up = Move forward
screens-pages-down-short = Down
screens-pages-down = Move back
screens-pairing-technician = For the technician: pair the machine with the commune's office
screens-pairing-code = Code to compare
screens-pairing-code-how = The office must see the very same twelve digits.
screens-pay-slip = Take a slip, pay cash at the counter
screens-pay-to = Pay to
screens-pay-how =
    Open your bank's app,
    scan this code
screens-pay-slip-shortest = Slip
screens-pay-slip-short = Slip for cash
screens-pay-amount = Amount to pay
screens-preview-title = Can this page be read?
screens-preview-turn = Turn
screens-preview-corners = Set corners
screens-enough = That is all
screens-more-short = Scan more
screens-preview-keep = Keep, scan more
screens-preview-replace-short = Replace
screens-preview-replace = Keep, replace the old one
screens-receipt-title = Papers received
screens-receipt-more = More time
screens-receipt-done = I have it, done
# Minutes and seconds, as 4:30.
screens-receipt-left = Shown for { $time } more
screens-receipt-code = The code of these papers
screens-scan-shoot = Take now
screens-scan-scanning = Scanning
screens-scan-taking = Taking
screens-scan-still = Please keep still
screens-scan-no-card = No card, plain papers
screens-scan-no-card-short = Plain paper
screens-scan-then-back = Then the back
screens-scan-card-short = Card
screens-scan-card = Card, both sides
screens-preview-enough = Keep, that is all
screens-ask-title = Send these papers to the commune?
screens-ask-under = Not sent yet. Please see that all is right
screens-ask-send = Send to the commune
screens-ask-not-yet = Not yet
screens-slip-title = Slip for cash
screens-slip-where = Pay at the commune's counter
screens-sort-title = What papers are these?
screens-sort-look = Look again
screens-before = Before
screens-after = Next
screens-more = Scan more pages
screens-stranger-stop = Wait, do not pay
screens-stranger-unchecked = This code cannot be checked yet
screens-stranger-not-ours = Not the commune's account
screens-stranger-no-list = The machine lacks the commune's list of accounts
screens-stranger-ask = Do not pay. Please ask the staff first.
screens-stranger-other = Another code
screens-countdown-title = Are you still here?
screens-countdown-touch = Touch the screen to go on.
screens-countdown-wiped = When time is up, all papers taken are wiped, to keep them private.
screens-notice-sound = No sound
screens-no-sound = This machine has no loudspeaker, or it is broken. Please read the screen, or ask the staff to read it out.
screens-no-voice = The machine cannot read this page. Please read the screen, or ask the staff to read it out.
screens-listen = Read aloud
screens-letters = Letters, contrast
screens-back = Back
screens-pages-title = Page { $page } of { $pages }
screens-page = Page { $page }
screens-pairing-whose = { $commune } · machine { $device }
screens-preview-card = Page { $page }, both sides of a card
screens-scan-all = All { $pages }
screens-sort-pages =
    { $pages ->
        [one] { $pages } page
       *[other] { $pages } pages
    }
screens-stranger-amount = This code asks for: { $amount }
screens-stranger-account = Into the account: { $account }
screens-stranger-holder = The name in the code: { $holder }
screens-getting-ready = The machine is getting ready
screens-getting-ready-wait = Please wait a moment; it goes on by itself.

help-common =
    .settings_file = Settings file (TOML).
    .commune = The commune's code, for example hoa-son.
    .not_a_stick = I really mean a folder that is no USB stick.
    .passphrase_file = The passphrase is on the first line of this file, instead of being asked for (/dev/fd/3 will do).
    .file-metavar = FILE
    .settings_file-metavar = FILE
    .folder-metavar = FOLDER
    .port-metavar = PORT
    .name-metavar = NAME
help-langso =
    Làng Số: public loudspeakers, kiosks and an office for one commune.
    
    Add --help after each command to see how it is used, for example: langso scan --help
help-village =
    A whole village on this machine to try: office, three loudspeakers with their boards, a kiosk.
    
    Only the hardware is simulated: message server, web pages, the boards' program and the sound are real.
    .folder = The village's folder; ./village-run by default, made anew at each run.
    .port = Port of the office's web pages (8700 by default).
    .story = Run a sample day without people or screens; exit status 0 if all went right.
    .report = Where the evidence of the sample day is kept (./story by default).
    .in-list = A whole village on this machine to try: office, three loudspeakers, a kiosk
help-setup =
    Put this machine to work: office, loudspeaker or kiosk. May be run as often as you like.
    
    It asks only what the machine cannot know. If it is interrupted (power cut, Ctrl-C), run it again: what is done is kept.
    
    { "\u0008" }
    Office:    sudo langso setup       root keys stick by stick, first account, services, examination
    Device:    sudo langso setup       pairing request onto a USB stick
    Office:    sudo langso setup       takes the request from the stick, compare twelve digits
    Device:    sudo langso setup       takes the answer, runs, examination
    
    Exit status: 0 done and well; 1 a fault; 2 an answer is missing; 3 waits for a stick, a signature or an answer.
    .role = The role, where no package is installed yet.
    .commune_name = The commune's name, for example “Xã Hoa Sơn”.
    .device = This machine's name, for example loa-thon-1.
    .place = Where it stands, as people say it: “Thôn 1 – đầu làng”.
    .village = The village's code, for example thon-1; empty where it belongs to no village.
    .hostname = Change the machine's name in the network (NAME.local); by default asked only while it still has the factory name.
    .names = Office: other domain names or addresses by which the machine is called.
    .time_of_day = Vietnamese time now: “29/11/2026 20:45”.
    .stick = The USB stick that carries pairing requests and answers.
    .codes = Office: the twelve digits of a device to be accepted.
    .replace = Office: this device replaces an old one of the same name.
    .address = Office: devices call this name or address, not the machine's name.
    .pair_again = Device: make a new pairing request although it is paired or waiting.
    .root_count = How many root key sticks the commune has.
    .root_threshold = How many sticks must sign a change of rights.
    .root_sticks = The root key sticks, one after another.
    .holders = Who holds the root keys, in the order of the sticks.
    .passphrases = The passphrases, in the order of the sticks.
    .publics = The public part of a root key made elsewhere.
    .proposals = A founding proposal signed elsewhere.
    .not_a_stick = I really mean a folder that is no USB stick.
    .quiet_hours = The commune's quiet hours: only emergencies are played.
    .volume = The commune's highest volume.
    .account = The first user name for the web pages.
    .account_password_file = Its password, on the first line of a file.
    .desk_passphrase_file = Seal the key of papers to that account: the passphrase, on the first line of a file.
    .desk_sheet = The file for the recovery sheet; its QR code lies beside it, ending in .svg.
    .unattended = Ask nothing; stop and say what is missing.
    .plain = Letters without marks, for a screen that cannot show Vietnamese.
    .no_start = Start no services, do not examine the machine.
    .check = Only say what would be done; touch nothing.
    .in-list = Put an installed machine to work, step by step
help-install =
    Upgrade this machine from a USB stick made by langso bundle, without a network. If interrupted, run it again.
    
    The first time, before there is a langso command:  sudo sh /media/usb/langso/cai-dat.sh office   (or speaker, kiosk)
    .role-metavar = [ROLE]
    .stick = The stick's folder, where the machine does not find it.
    .fingerprint = Fingerprint of the stick's key (40 digits), if you know it.
    .back = Go back to the version that ran before the present one.
    .in-list = Upgrade this machine from a signed USB stick, or go back to the version before
help-bundle =
    Make a signed installation stick that needs no network. Run it where the packages are made, after make packages.
    
    The signing key is made once, with a passphrase, on an offline machine or the technician's, never at the office:
    
    { "\u0008" }
        gpg --quick-generate-key "Làng Số – USB" ed25519 sign 10y
        gpg --fingerprint        (write the fingerprint on paper and take it along)
    
    On each machine to install:  sudo sh /media/usb/langso/cai-dat.sh office   (or speaker, kiosk)
    .stick = The stick's folder, for example /media/usb.
    .releases = By default: every release there are packages for.
    .key = Fingerprint of the signing key, where the machine has several.
    .packages = Where make packages puts the packages.
    .in-list = Make a signed installation stick that needs no network
help-pair =
    Pair a device with the commune office by two files carried on a USB stick or a phone.
    
    With one stick it is enough to run: sudo langso setup (on the device, at the office, on the device again). Step by step:
    
    { "\u0008" }
    1. On the device:    langso pair request -o /media/usb/yeu-cau.json
    2. At the office:    langso pair answer /media/usb/yeu-cau.json -o /media/usb/tra-loi.json
    3. On the device:    langso pair finish /media/usb/tra-loi.json
    
    The office's message server needs a certificate too, once: langso pair broker --help
    
    In step 2 compare the twelve digits on both screens: only if they are the same is it the right device.
    .in-list = Pair a device with the commune office, by files
help-pair-answer = At the office: compare the code, accept the device and write the answer.
    .out = The answer file to take back to the device.
    .settings_file = The office's settings file.
    .device = Another name for the device (by default the one it asks for).
    .replace = This machine replaces an old one of the same name.
    .code = The twelve digits read on the device; otherwise this command asks.
    .address = The office's name or address that the device calls; otherwise this command asks.
    .courier = No network, only somebody with a USB stick: a certificate for 400 days.
    .here = The device runs on this very machine (to try).
    .broker_files = The message server's folder.
help-pair-broker =
    At the office: give the message server (Mosquitto) its certificate, after langso office init.
    
    The certificate has every name and address of this machine and those given before; if all are there, it stays.
    .settings_file = The office's settings file.
    .hosts = Add a name or address that loudspeakers call.
    .into = The message server's folder.
    .again = Make it anew although the present one has all names and is valid.
    .no_reload = Do not tell the running message server to read it.
help-pair-finish = On the device: take the office's answer and use it at once.
    .settings_file = The device's settings file.
help-pair-list = At the office: the paired devices, until when each certificate is valid, when it was last asked for.
    .settings_file = The office's settings file.
help-pair-request = On the device: make new keys and the pairing request.
    .settings_file = The device's settings file.
    .out = The request file to take to the office.
help-pair-status = On the device: whether and with whom it is paired, what comes next; files that root left behind are given back to the service.
    .settings_file = The device's settings file.
help-courier =
    Carry between office and hamlet on a USB stick where there is no signal.
    
    { "\u0008" }
    1. At the office:             sudo langso courier export /dev/sda1
    2. At loudspeaker and kiosk:  sudo langso courier import /dev/sda1
                                  sudo langso courier export /dev/sda1
    3. Back at the office:        sudo langso courier export /dev/sda1
    
    At the office, export takes what the stick brings before it writes. Late, twice, or pulled out: nothing is lost.
    .in-list = Carry by USB stick where there is no signal
help-courier-import = Take from the stick what is for this machine.
    .as_json = One line of JSON, for programs.
    .place = The stick (as /dev/sda1) or a folder.
    .place-metavar = STICK
help-courier-export = Write to the stick what this machine has to send.
    .as_json = One line of JSON, for programs.
    .place = The stick (as /dev/sda1) or a folder.
    .place-metavar = STICK
help-doctor =
    Examine this machine: what is wrong, why, and what to do. Exit status 1 if something is broken, 0 if not.
    
    Best run with sudo: much can be seen as its services see it only by an administrator.
    .as_json = One line of JSON for each item, for machines.
    .in-list = Examine this machine: what is wrong, why, what to do
help-bench = Measure how fast this machine is.
    .in-list = Measure how fast this machine is
help-bench-here =
    Measure this machine: find pages, read codes, make PDF, connect by TLS, sign and write, play sound, first picture.
    
    The papers are drawn for it; nothing is photographed or played and no data are touched. What is not installed here is left out. Run it while the machine is idle; it takes a minute or two.
    .as_json = Print one line of JSON, to send to the developers.
    .only = Measure only this (may be given several times); names are in the first column.
    .only-metavar = NAME
    .folder = Measure writing in this folder; by default where the machine keeps its data.
help-settings = Check or show a settings file.
    .in-list = Check and show the settings file
help-settings-check = Check the file and tell every mistake with its line.
help-settings-show = Print the settings in force; passwords are hidden.
help-root =
    The commune's root keys: one a USB stick, with a passphrase; sign proposals that change rights.
    
    { "\u0008" }
    1. Each holder, once:                  langso root new --stick /media/usb --commune hoa-son --holder "Chủ tịch xã"
    2. When the commune changes rights:    langso root sign /media/usb/de-nghi.json --stick /media/usb
    3. At the office, with enough of them: langso office trust apply /media/usb/de-nghi.json
    
    No machine sees two keys at once: pull out one stick before you plug in the next.
    .in-list = The commune's root keys: make, read proposals, sign; one stick at a time
help-root-new = Make a root key on this stick.
    .stick = Where the stick is mounted, like /media/usb.
    .holder = Who holds this key, for example “Phó chủ tịch xã”.
    .out = Also write the public part to this file, to send to the office.
help-root-phrase = Make up a passphrase that is easy to copy.
help-root-read = See what a proposal changes and whose signatures are missing; needs no stick.
help-root-show = See whose key is on this stick; needs no passphrase.
    .stick = Where the stick is mounted, like /media/usb.
    .commune = The commune's code, where the stick holds keys of several.
    .out = Write the public part to this file, to send to the office.
help-root-sign = Read what a proposal changes, then sign it with the key on this stick.
    .stick = Where the stick is mounted, like /media/usb.
    .yes = Agree without being asked (you have read it before).
help-office = Commune office: make keys, the signer, web pages, send broadcasts.
    .in-list = Office: web pages, signer, send a broadcast
help-office-account = The commune's own bank accounts, which kiosks know: the root keys vouch for them.
    .in-list = The commune's own accounts, for which the root keys vouch.
help-office-account-add = Propose an account, or another in the place of one; the root keys' holders sign it.
    .out = The proposal, for the root keys to sign.
    .name = What the list of rights calls the account, for example phi.
    .bank = The bank's code, 6 digits (BIN).
    .number = The account's number.
    .holder = Its holder's name as the bank writes it.
    .label = What it is for, for example: fees for certified copies.
    .purpose = What is paid to it: fees, or a fund.
    .village = The village it belongs to (its code); left out: the commune.
    .person = It is in a person's name (a fund that its treasurer keeps).
    .begins = In use from this day.
    .ends = In use to the end of this day.
help-office-account-list = Show the accounts that the root keys vouch for, and those entered earlier that they do not.
help-office-account-remove = Propose that an account is the commune's no longer; the root keys' holders sign it.
    .out = The proposal, for the root keys to sign.
help-office-audit = The office's log: who did what.
    .in-list = The log: who did what, and whether the log is whole.
help-office-audit-list = Show the newest lines, the newest at the bottom.
    .most = How many of the newest lines.
help-office-audit-verify = See whether the log is whole; if not, at which line it is broken.
help-office-ca = The certificate of the office's pages: address, fingerprint to compare, page to install it on a phone.
    .qr = Draw a QR code with which a phone opens the page to install the certificate.
    .out = Copy the root certificate (.crt) to this file, to install it by USB.
    .anew = Make a new root certificate; every phone and computer must install it again.
    .in-list = The certificate of the office's pages: address, fingerprint, installing it on phones.
help-office-clear = Sound the all-clear: end one urgent order, or all.
help-office-desk = Papers from kiosks: who opens them, and what is destroyed when its time is over.
    .in-list = Papers from kiosks: who opens them, destroying old ones.
help-office-desk-destroy = Destroy the papers that came in a month for good: the month's key and the files.
    .yes = Do not ask again.
help-office-desk-recover = Give somebody a new passphrase with the recovery phrase, where nobody knows one any more.
    .officer = This person's login.
    .sheet = The recovery sheet, where the machine's file is lost.
    .passphrase_file = A file with the new passphrase in its first line, instead of asking.
    .recovery_file = A file with the recovery phrase in its first line, instead of asking.
help-office-desk-remove = Somebody leaves: this person's passphrase opens papers no longer.
help-office-desk-seal =
    Seal the key of papers to one person's passphrase, and write the recovery sheet.
    
    Kiosks then send as before; to see papers, open the lock on the page Papers, once a day.
    .officer = The login of the first person who can open it.
    .out = The recovery sheet: print it, keep it elsewhere, then delete the file.
    .passphrase_file = A file with the passphrase in its first line, instead of asking.
help-office-init =
    Found the office: make its keys, and propose the list of rights for the root keys to sign.
    
    { "\u0008" }
    1. Each holder, on any machine:
         langso root new --stick /media/usb --commune hoa-son --holder "Bà Lan" -o khoa-lan.json
    2. At the office:
         langso office init --root khoa-lan.json --root khoa-minh.json --root khoa-hoa.json -o de-nghi.json
    3. Each of them:      langso root sign de-nghi.json --stick /media/usb
    4. At the office:     langso office trust apply de-nghi.json
    
    sudo langso setup does all four in one sitting, one stick at a time.
    .roots = The public part of a root key; may be given several times.
    .threshold = How many root keys must sign.
    .quiet_hours = Quiet hours: only emergencies are played.
    .volume = Highest volume.
    .out = The proposal for the holders of root keys to sign.
help-office-say = Send a broadcast: read it aloud, sign it, put it into the programme.
    .at = When: 17:00, 2026-11-25 17:00, or +90 (seconds from now).
    .targets = The loudspeakers, separated by commas; all means all.
    .title = Title of the broadcast.
    .priority = A priority broadcast.
    .no_chime = Without the chime before it.
    .exercise = An exercise: loudspeakers and reports say so.
    .stream = Relay the station at this https address; the text is heard only where the station cannot be had.
    .minutes = For how many minutes it is relayed.
help-office-signer =
    Run the signer: the only process that holds keys, with rules of its own.
    
    Its subcommands enrol who may order; only root on the office machine may run them.
    .in-list = The signer; who may order, enrolled by six digits or a passkey.
help-office-signer-enrol = Enrol a person's authenticator app: scan the code, type six digits.
    .no_alarms = This person may not give emergencies.
    .approves = This person may approve what others send.
help-office-signer-invite = A one-time code with which a person enrols a passkey (finger) on the Account page.
    .no_alarms = This person may not give emergencies.
    .approves = This person may approve what others send.
help-office-signer-codes = Ten paper codes for one use each, for a lost phone or a wrong clock; earlier ones end.
    .no_alarms = This person may not give emergencies.
    .approves = This person may approve what others send.
help-office-signer-list = Show who is enrolled, by what.
help-office-signer-revoke = Revoke all that a person has enrolled: a lost phone, somebody who left.
help-office-signer-release = Let go of the signed plan, where the office lost its data and can sign no new one.
help-office-signer-clock = Say that the machine's time is right, after it was set or after a month's rest.
help-office-signer-two-people = Which broadcasts need a second person: none, those for the whole commune, or all.
help-office-staff = Who may use the office's web pages.
    .in-list = Who may use the office's web pages.
help-office-staff-add = Add a person, or set a new password for one who is there. Without roles: a new person has all of them.
    .password_stdin = Read the password from standard input instead of making a one-time password.
    .roles = Role: writer, approver, desk, admin; may be given several times.
help-office-staff-list = Show who may enter, and in which roles.
help-office-staff-remove = Lock a person's account; every session of theirs ends.
help-office-staff-roles =
    Show a person's roles, or give exactly the roles named.
    
    writer: writes; approver: approves and sends emergencies; desk: receives dossiers; admin: administers.
help-office-talk = Which village's head may speak over its loudspeakers, and for how long.
    .in-list = Let village heads speak over the loudspeakers
help-office-talk-give = Let the head of a village speak there by the talk key.
    .day = Minutes a day.
    .month = Minutes a month.
    .until = Until when; left out: until it is withdrawn.
help-office-talk-withdraw = No longer let anybody speak there; who is speaking falls silent.
help-office-talk-list = Who may speak where, and what was said when.
help-office-trust =
    The commune's list of rights: show, prolong, revoke devices, replace keys.
    
    Each change is a proposal file: made here, signed by each holder of a root key (langso root sign), then applied here.
    .in-list = The commune's list of rights: show, prolong, revoke, replace keys.
help-office-trust-apply = Apply a proposal that has enough signatures; name all copies signed apart in one command.
help-office-trust-limits = Propose another highest volume, at some hours too, and other quiet hours, which all loudspeakers must keep.
    .out = The proposal for root keys to sign.
    .volume = Highest volume, percent.
    .quiet_hours = Quiet hours, instead of the present ones.
    .no_quiet_hours = No quiet hours at all.
    .loudness = How loud at most at some hours, like 21:00-06:00=60; add :normal,priority,emergency to say of which class.
    .no_loudness = No caps for some hours.
help-office-trust-new-key = Propose a new signing key for the office (if it may be known to others). Apply it while nothing is playing.
    .out = The proposal for root keys to sign.
help-office-trust-new-root =
    Propose new root keys (when a stick is lost). Give --root for every key of the new set, old ones that stay too.
    
    Old and new keys sign together; devices follow by themselves and need not be paired again.
    .out = The proposal for root keys to sign.
    .roots = The public part of a new root key.
    .threshold = How many root keys must sign.
help-office-trust-relays = Propose the hosts that may be relayed, instead of those in force; none named: no relays.
    .out = The proposal, for the root keys to sign.
help-office-trust-renew = Propose to prolong the list by two years.
    .out = The proposal for root keys to sign.
help-office-trust-restore = Propose to restore a revoked device (found again, and certainly not tampered with).
    .out = The proposal for root keys to sign.
help-office-trust-revoke = Propose to revoke a device that was lost or stolen: it stops hearing orders and the office stops taking its reports.
    .out = The proposal for root keys to sign.
help-office-trust-show = Show the list in force.
help-office-trust-vouch = Propose that the root keys vouch for what was entered before: the commune's accounts, and the key of scans.
    .out = The proposal, for the root keys to sign.
help-office-urgent = Send an emergency now, cutting into whatever is playing.
    .targets = The loudspeakers, separated by commas.
    .repeat = How many times it is repeated.
    .minutes = For how many minutes it is in force.
    .exercise = Only an exercise: loudspeakers and reports say so.
    .signal = The signal that sounds before the words.
help-office-web = Run the office's web pages and the connection to loudspeakers and kiosks until told to stop (Ctrl-C).
    .in-list = Run the web pages and the connection to loudspeakers and kiosks.
help-office-withdraw = Take a broadcast out of the programme; if it is playing it stops.
help-speaker = Public loudspeaker: play by the signed programme, keep a record, show its state, mute it.
    .in-list = Loudspeaker: run, show the programme it holds, mute
help-speaker-mute = Mute (on) or unmute (off) the loudspeaker on the spot; beats every order and is reported to the commune.
    .as_json = Print one line of JSON (docs/alone.md).
help-speaker-run = Run the loudspeaker until told to stop (Ctrl-C).
    .as_json = Print one line of JSON (docs/alone.md).
help-speaker-status = Tell what the loudspeaker holds and will play, from the newest state on this machine.
    .as_json = Print the state as one line of JSON.
help-speaker-talk = The village head's talk key on this loudspeaker: open it with the PIN, shut it.
help-speaker-talk-open = Open the talk key for a quarter of an hour, with the PIN of `langso clock pin`.
help-speaker-talk-again = Play the last announcement once more, with the PIN; caps and quiet hours hold.
help-speaker-talk-close = Shut the talk key now.
help-kiosk = Kiosk in the cultural house: scan papers, pay fees by QR code.
    .in-list = Kiosk: run the touchscreen
help-kiosk-run = Run the kiosk on its screen until told to stop (Ctrl-C).
help-kiosk-shots = Draw the kiosk's screens into PNG files, without a real screen.
    .out = Folder for the PNG files.
help-scan = Find pages, make PDF, read QR codes, from image files.
    .in-list = Find pages, make PDF, read codes from images
help-scan-camera = Try the camera: does it open, size, sharpness, light, is the picture black or standing still.
    .settings_file = Settings file (TOML) with a section [scanner].
    .folder = A folder of images or an AVI file taken for the camera, instead of the one in the settings.
    .hold = With --camera: for how many seconds each image lies under it.
    .seconds = For how many seconds to look.
    .out = Write a picture taken to this file.
    .measured = Measure the table once: lay a white A4 sheet in its middle, then run this.
    .table_file = File with the table's measures (see langso scan camera --measure), instead of this machine's.
    .as_json = One line of JSON for each image.
help-scan-page = The four corners of the page in each image, and what to correct when taking it. With --table also the paper size.
    .every = Every sheet in the image, not only one.
    .table_file = File with the table's measures (see langso scan camera --measure), instead of this machine's.
    .as_json = One line of JSON for each image.
    .camera = A folder of images taken for the camera, instead of names of images.
help-scan-pdf =
    One PDF/A, a page for each image: cut along the paper's edge, straightened, evenly lit, with a text layer.
    
    A .pdf made by this command before may be given like an image, to add, drop, move or replace pages (--order).
    .out = The PDF to write; with --dossier it may be a folder.
    .title = Title written into the PDF.
    .dossier = Dossier code: written into the PDF, and the file's name where -o is a folder.
    .level = Kind of PDF/A; none: plain PDF.
    .text = With or without a text layer to search in (Tesseract, Vietnamese).
    .card = The images are the sides of a card: both on one A4 sheet, in true size.
    .paper = Paper size, if known: A4, A5, ID-1, …
    .paper-metavar = SIZE
    .whole = The image is nothing but the paper (from another scanner): take it whole, look for no edges.
    .order = The pages of the document in this order (counted from 1 through all files given); pages not named are dropped.
    .order-metavar = NUMBER,NUMBER,…
    .table_file = File with the table's measures (see langso scan camera --measure), instead of this machine's.
    .as_json = One line of JSON for each image.
help-scan-read = QR codes in each image: text, kind, place.
    .as_json = One line of JSON for each image.
    .camera = A folder of images taken for the camera, instead of names of images.
help-scan-watch = Look through the camera: edge of the paper, hints, QR codes, pages taken by themselves. Ctrl-C ends it.
    .settings_file = Settings file (TOML) with a section [scanner].
    .folder = A folder of images or an AVI file taken for the camera, instead of the one in the settings.
    .hold = With --camera: for how many seconds each image lies under it.
    .out = Folder for the pages taken (page-001.png, …); without it nothing is written.
    .seconds = For how many seconds to look.
    .frames = How many pictures to look at.
    .table_file = File with the table's measures (see langso scan camera --measure), instead of this machine's.
    .as_json = One line of JSON for each image.
help-code = Read QR codes: payment, id card, health card, dossier code, web address.
    .in-list = What a QR code says
help-code-parse =
    Read the TEXT of a code; - means standard input.
    
    Without --json it is told in words, id and account numbers partly hidden.
    .as_json = Print one line of JSON: kind, fields, problems.
help-words = Every sentence that villagers, staff and technicians read or hear, in one table.
    .in-list = Every sentence to translate and record, in one table
help-words-export = Write the sentences to the table FILE (CSV): id, Vietnamese, English, spoken form, note.
    .prompts = Only the sentences that local people record.
help-words-import = Take back the translated table FILE. If any id or value is wrong, all are told and nothing is changed.
    .into = The folder with the sentences to change.
help-bridge = The board that switches amplifier and lamp and reads sensors.
    .in-list = The board of amplifier and lamps on the serial port
help-bridge-image = Write the files to load into the board into a new folder.
help-bridge-off = Switch an output off.
    .settings_file = Settings file.
    .port = The board's port, for example /dev/serial0 (instead of --settings).
help-bridge-on = Switch an output on (amplifier, lamp…) and hold it until Ctrl-C or the time is over.
    .settings_file = Settings file.
    .port = The board's port, for example /dev/serial0 (instead of --settings).
    .seconds = For how many seconds to hold it.
help-bridge-status = See whether the board answers, its supply, temperature and outputs.
    .settings_file = Settings file.
    .port = The board's port, for example /dev/serial0 (instead of --settings).
    .as_json = Print one line of JSON.
help-bridge-twin = Run a simulated board on this machine (Linux x86_64) and print its port.
    .folder = Where to put port, pins and log.
help-bridge-watch = Watch the board's readings, a line every second, until Ctrl-C.
    .settings_file = Settings file.
    .port = The board's port, for example /dev/serial0 (instead of --settings).
help-page-usage = Usage:{ " " }
help-page-options = [OPTIONS]
help-page-command = COMMAND …
help-page-heading-options = Options
help-page-heading-commands = Commands
help-page-heading-arguments = Arguments
help-page-required = [required]
help-page-and-required = ; required]
help-page-default = default:{ " " }
help-page-help = Show this message and exit.
help-page-version = Show the version and exit.
help-page-value-folder = FOLDER
help-page-value-file = FILE
help-page-value-path = PATH
help-page-value-text = TEXT
help-page-value-number = NUMBER
help-clock = How the time of this machine is proven, and setting it by hand where nobody proves it.
    .in-list = The time of this machine: look, or set it by hand where nobody proves it
help-clock-pin = Choose the PIN that sets the time (6 to 12 digits; there is none before).
help-clock-set = Set the time by hand ('30/11/2026 08:15', Vietnamese time), with the PIN.
    .who = Who sets it, for the record.
    .moment-metavar = TIME
help-clock-show = Tell what was set by hand; the rest stands in `langso doctor`.
help-speaker-alone =
    A loudspeaker alone, without an office: school bell, flood siren. The whole of it: docs/alone.md.
    
    { "\u0008" }
    1. Make a key on a stick:   langso root new --stick /media/usb --commune school-a --holder "Mr Nam"
    2. Sign the plan:           langso speaker alone sign bells.toml --stick /media/usb -o /media/card/plan
    3. At the loudspeaker, once: sudo langso speaker alone join /media/card/plan
    .in-list = A loudspeaker alone: sign a plan, obey it, sound an alarm.
help-speaker-alone-sign = Sign the plan file PLAN with the key on the stick, into a folder that the loudspeaker takes it from.
    .stick = Where the stick with the key is mounted, such as /media/usb.
    .out = Folder that the loudspeaker takes the plan from.
    .as_json = Print one line of JSON (docs/alone.md).
    .yes = Do not ask again.
help-speaker-alone-alarm = Sign an alarm: it sounds at once, over everything, until its time is over or it is stopped.
    .stick = Where the stick with the key is mounted, such as /media/usb.
    .out = Folder that the loudspeaker takes the plan from.
    .code = The place's code, as in the plan file.
    .minutes = For how many minutes at most.
    .stop = End the alarm in force.
    .as_json = Print one line of JSON (docs/alone.md).
help-speaker-alone-join = Let this loudspeaker obey the key that signed the folder, and no office any more.
    .code = The key's twelve digits, instead of the question.
    .as_json = Print one line of JSON (docs/alone.md).
help-speaker-play = Play a sound file here and now (while the loudspeaker's service is stopped).
    .volume = Volume 0-100, instead of the settings'.
    .as_json = Print one line of JSON (docs/alone.md).
help-speaker-test-tone = Play three test tones here and now (while the loudspeaker's service is stopped).
    .volume = Volume 0-100, instead of the settings'.
    .as_json = Print one line of JSON (docs/alone.md).
help-speaker-calibrate =
    Measure by how much this loudspeaker sounds too late, and start that much sooner from now on (while the service is stopped).
    
    Without an option it listens at the sound server itself (PulseAudio). What was measured is kept through power cuts.
    .microphone = Listen by this microphone (such as hw:1), put before the horn.
    .microphone-metavar = DEVICE
    .hand = Listen by ear: press a key with the clicks; for large delays only.
    .metres = How many metres the microphone is from the horn.
    .undo = Go back to the measurement before.
    .as_json = Print one line of JSON (docs/alone.md).
help-speaker-journal = See the newest lines of the loudspeaker's journal, the newest at the bottom.
    .last = How many of the newest lines.
    .as_json = Print one line of JSON (docs/alone.md).

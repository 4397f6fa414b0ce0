doctor-cannot-act-as = It cannot be tried with the rights of { $name }
doctor-no-answer = no answer
doctor-waits-for-screen = the program is waiting for a screen
doctor-service-not-running = the service is not running
doctor-service-just-started = the service has just started
doctor-state-written = The program writes its state regularly ({ $software }).
doctor-program-waits = the program is waiting: { $why }
doctor-perhaps-not-yet = The service has just started and may not be ready yet: { $why }
doctor-again-in-a-minute = Wait a minute and run langso doctor again; if it stays: { $fix }
doctor-stop-and-run = Stop it and run it again.
doctor-runs-says = The program runs but has written no state yet; it says: “{ $said }”.
doctor-do-as-it-says = Do what it says; if that does not help: { $fix }
doctor-no-board = The settings have no board: the amplifier must be on all the time.
doctor-board-as-service = the board as the service sees it
doctor-correct-bridge-port = Correct port in [bridge].
doctor-no-gpio = This machine has no GPIO pins.
doctor-remove-bridge-port = Remove port in [bridge], or use a board on a serial port.
doctor-user-no-gpio = User { $user } may not use the GPIO pins.
doctor-add-gpio-group = usermod -aG gpio { $user }, then restart the service.
doctor-unit-no-gpio = { $name } may not open the GPIO pins (DeviceAllow).
doctor-allow-gpio = Add DeviceAllow=char-gpiochip rw with: sudo systemctl edit { $name }, then restart the service.
doctor-gpio-relays = Relays on GPIO pins: { $pins }.
doctor-no-port = There is no port { $port }.
doctor-see-serial = Check the serial cable, on a Pi enable_uart=1 too; then: langso bridge status --port { $port }
doctor-user-no-port = User { $user } may not open port { $port }.
doctor-add-dialout-group = usermod -aG dialout { $user }, then restart the service.
doctor-replug-cable = Pull out the cable and plug it in again.
doctor-unit-no-port = { $name } may not open ports of kind { $driver } (DeviceAllow).
doctor-allow-port = Use another port, or add DeviceAllow=char-{ $driver } rw with: systemctl edit { $name }
doctor-board-silent = The board at { $port } does not answer.
doctor-see-board = Check the board's power and cable, then: langso bridge status --port { $port }
doctor-unit-not-running = { $name } is not running
doctor-own-certificate = the certificate or key of this very machine cannot be used
doctor-broker-hangs = The message server hangs: it accepts connections at { $host }:{ $port } and does not answer.
doctor-not-our-broker = Something accepts connections at { $host }:{ $port } but does not speak like the commune's message server (TLS).
doctor-console-says = The message server answers, but the office's pages say: { $said }.
doctor-at-address = at { $address }:{ $port } (the name { $host } does not lead there)
doctor-broker-local = The message server { $where } answers, on this very machine, not encrypted.
doctor-broker-good = The message server { $where } is the commune's and accepts this machine's certificate.
doctor-clock-or-broker = Look at the machine's time (timedatectl); if it is right, then at the office: langso pair broker --help
doctor-clock-or-pair = Look at the machine's time; if the office made its keys anew, pair this machine again: sudo langso setup --pair-again
doctor-look-at-trust = At the office, see whether this machine is paired or revoked: langso office trust show
doctor-look-at-link = See whether host and port in [link] are the commune's message server: langso settings check --help
doctor-look-at-network = Check the network cable, the router's power and the office's machine; this machine goes on with what it holds.
doctor-look-at-media = Check the network to the commune office; to see what is being fetched: langso speaker status
doctor-held-programme = the programme it holds
doctor-no-trust-list = there is no usable list of who may order
doctor-sent-programme = the programme that was sent
doctor-no-office-data = there are no office data that can be read
doctor-coming = Plays next: { $coming }.
doctor-nothing-sent = No broadcast was sent and is to be played.
doctor-nothing-coming = Nothing is to be played.
doctor-no-programme = Holds no programme yet.
doctor-coming-no-sound = To be played soon, but sounds are missing: { $listed }.
doctor-coming-listed = Plays next: { $listed }.
doctor-change-limits = Ask the commune office to change the hour or the limits: langso office trust limits --help
doctor-missing-sounds =
    { $missing ->
        [one] { $missing } sound file is
       *[other] { $missing } sound files are
    } still missing
doctor-will-not-play = will not be played: { $refusal }
doctor-camera-as-kiosk = the camera as the kiosk sees it
doctor-no-camera = There is no camera { $path }.
doctor-replug-camera = Plug the camera in again, then try: langso scan camera
doctor-user-no-camera = User { $user } may not open { $path }.
doctor-add-video-group = usermod -aG video { $user }, then restart the service.
doctor-kiosk-has-camera = the kiosk is using the camera
doctor-no-image-folder = There is no folder of images { $folder }.
doctor-correct-source = Correct source in [scanner].
doctor-no-images = Folder { $folder } has no images.
doctor-copy-images = Copy JPEG images into it, or correct source in [scanner].
doctor-replay-camera = Pretended camera: { $pictures } images in { $folder }.
doctor-camera-hangs = Camera { $kind } { $source } hangs: it does not finish opening.
doctor-replug-or-restart = Pull out the camera's cable and plug it in again; if it stays, restart the machine.
doctor-no-picture = gives no picture
doctor-camera-fails = Camera { $kind } { $source } takes no picture: { $why }
doctor-see-camera = Check the camera's cable, then try: langso scan camera
doctor-camera-black = The camera takes pictures ({ $size }) but they are black.
doctor-see-lid = Look at the camera's lid and the lamp.
doctor-camera-good = Camera { $kind } { $source } has just taken a picture { $size }.
doctor-no-certificate = { $what } is no certificate (damaged file).
doctor-other-issuer = { $what } was not issued by this commune's office.
doctor-other-name = { $what } bears the name “{ $name }”, not “{ $wanted }”.
doctor-not-yet-valid = { $what } is valid only from { $begins }: the machine's time may be wrong.
doctor-see-clock = See the item on the clock.
doctor-expired = { $what } expired on { $ends }.
doctor-days-left =
    { $what }: only { $days ->
        [one] { $days } day
       *[other] { $days } days
    } left.
doctor-valid-until = { $what } is valid until { $ends }.
doctor-reading-hangs = Reading { $file } does not finish.
doctor-see-disk = Check the memory card or the network disk with that file.
doctor-service-cannot-read = The service (user { $name }) cannot read { $file }.
doctor-cannot-read = Cannot read { $file } ({ $why }).
doctor-see-card-errors = See the item on the memory card's errors; take the file from the backup.
doctor-others-can-read = Others on this machine can read { $file }.
doctor-reinstall = Plug in the installation stick and run again: sudo sh { $stick }/cai-dat.sh (or: sudo langso install)
doctor-make-space = Make space: sudo apt-get clean; sudo journalctl --vacuum-size=50M; find large files: sudo du -xh / | sort -h | tail (delete nothing in /var/lib/langso-*)
doctor-install-package = Plug in the installation stick and run: sudo dpkg -i { $stick }/{ $release }/{ $package }_*.deb
doctor-install-packages = Plug in the installation stick and run: sudo dpkg -i { $files }; with a network: { $online }
doctor-debian-release = DEBIAN-RELEASE
doctor-folder = folder { $folder }
doctor-no-data-folder = There is no data folder { $state }.
doctor-cannot-write-data = The service (user { $name }) cannot write into { $state }.
doctor-writing-hangs = Writing into { $state } does not finish.
doctor-see-disk-folder = Check the memory card, or the network disk with that folder.
doctor-foreign-files =
    { $count ->
        [one] { $count } file
       *[other] { $count } files
    } in { $state } not owned by { $name } (for example { $example }).
doctor-data-folder-good = The data folder { $state } has the right permissions.
doctor-data-files = the data files
doctor-no-data-writes = the service cannot write into its data folder
doctor-stop-and-run-again = Stop the program and run it again
doctor-file-no-right = The service (user { $name }) cannot read and write { $file }.
doctor-file-damaged = { $file } is damaged ({ $said }).
doctor-put-aside = { $again }: the machine puts the damaged file aside (it is not lost) and makes a new one; then tell the commune office.
doctor-file-aside = A damaged file was put aside: { $file }.
doctor-rescue-file = Copy that file in { $state } to the commune office to rescue the data; delete it only after the office has looked.
doctor-card-no-writes = the memory card takes no writes
doctor-no-data-yet = There are no data files yet (the machine has never run).
doctor-trust-list = the list of who may order
doctor-service-cannot-read-file = The service cannot read { $file }.
doctor-trust-damaged = The list of who may order on this machine is damaged or not signed by the commune's root keys.
doctor-get-trust-again = Connect to the network so that the commune office sends it again; without a network pair again: sudo langso setup --pair-again
doctor-marks-lost = This machine has lost its record of document numbers (both copies).
doctor-confirm-or-pair = Connect to the network so that the commune office confirms, or pair again: sudo langso setup --pair-again
doctor-marks-unreadable = The service cannot read the record of document numbers.
doctor-time-not-heard = The service has just started and has not heard the commune's time yet.
doctor-wait-a-minute = Wait a minute and run langso doctor again.
doctor-nobody-to-ask-time = the program is not running to ask the commune office for the time
doctor-service-unit-off = { $unit }.service is not running
doctor-pages-off = The office's web pages are not running.
doctor-run-pages = Run: langso office web --settings FILE
doctor-sockets-off = Not running: { $names }. The pages still answer, but lose their ports when the service restarts.
doctor-who-has-port = See which program has the port: sudo ss -ltnp '{ $ports }'; stop it, then: { $fix }
doctor-port-closed = port { $port } is not open because { $name } is not running
doctor-answers-error = answer with the error { $status }
doctor-pages-fail = The office's web pages at { $where }: { $said }.
doctor-pages-good = The office's web pages answer at each of their ports.
doctor-settings-good = { $settings_file } can be read, role { $role }.
doctor-machine-silent = The machine tells nothing of itself (a disk or systemd hangs).
doctor-item-hangs = Examining { $name } does not finish: its disk, network disk or device hangs.
doctor-remove-hanging = Remove the device or disk that hangs, then run langso doctor again.
doctor-item-no-right = { $name }: cannot be seen with these rights.
doctor-item-fails = { $name }: cannot be examined ({ $why }).
doctor-send-this-line = Copy this line and send it to the commune office or the supplier.
doctor-not-set-up = This machine was not put to work yet: there is no { $file }.
doctor-run-setup = Run: sudo langso setup
doctor-file-no-right-here = Cannot read { $file } with these rights.
doctor-correct-settings = Correct the file, then try: langso settings check { $file }
doctor-disk-full-or-no-right = the disk is full, or there is no right to try writing
doctor-host-watchdog = A virtual machine: its host restarts it when it hangs.
doctor-not-installed = Làng Số is not installed as a service here
doctor-host-time = the host keeps the time of this machine
doctor-no-time-daemon = No program that sets the time is running.
doctor-start-chrony = sudo systemctl enable --now chrony; where there is no chrony: { $finish }
doctor-time-kept = { $name } keeps the time; it is right.
doctor-time-not-yet = { $name } runs, but has no network time yet.
doctor-no-services = no service of Làng Số runs here
doctor-log-no-limit = The system log has no limit of its own and may take 10 % of the memory card.
doctor-limit-log = Write [Journal] SystemMaxUse=100M into /etc/systemd/journald.conf.d/langso.conf, then: systemctl restart systemd-journald
doctor-log-large = The system log takes { $size } MB.
doctor-firewall = the firewall
doctor-host-firewall = the host sees to the firewall of this machine
doctor-no-firewall = This machine has no firewall (nftables).
doctor-restore-firewall = { $restore }; then: sudo systemctl restart { $firewall }
doctor-firewall-good = The firewall is on: only the ports needed are open.
doctor-firewall-open = The firewall keeps nothing out.
doctor-backup-old =
    The newest backup is { $days ->
        [one] { $days } day
       *[other] { $days } days
    } old.
doctor-backup-again = Plug in the backup stick and make a backup.
doctor-backup-good =
    The newest backup is { $days ->
        [one] { $days } day
       *[other] { $days } days
    } old.
doctor-not-with-these-rights = { $what }: cannot be seen with these rights.
doctor-run-with-sudo = Run with sudo: sudo langso doctor
doctor-no-state = The program runs but has not written its state: it may hang.
doctor-no-state-since =
    The program runs but has not written its state for { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }: it may hang.
doctor-port-unseen = Port { $port } cannot be looked at ({ $why }).
doctor-data-good =
    { $files ->
        [one] { $files } data file is
       *[other] { $files } data files are
    } whole; the service can read and write.
doctor-data-good-so-far =
    { $files ->
        [one] { $files } data file is
       *[other] { $files } data files are
    } whole; the service can read and write; { $unfinished } large ones were looked at in part only.
doctor-log-limit = The system log takes at most { $limit }.
doctor-log-limit-used = The system log takes at most { $limit }, { $size } MB now.
doctor-head-bad = BROKEN ({ $count })
doctor-head-warn = TO MIND ({ $count })
doctor-head-ok = WELL ({ $count })
doctor-hidden = Cannot be seen with these rights: { $names }.
doctor-skipped = Not examined: { $names }: { $why }.
doctor-title-machine = Examination of this machine:
doctor-title = Examination of { $role } { $id }, { $commune } ({ $seconds } s):
doctor-restore-office = Take it from the office's backup; if there is none, call the holders of root keys: langso office trust --help
doctor-add-signer-group = usermod -aG langso-signer langso-office, then systemctl restart langso-office
doctor-office-keys = the office's keys and list of rights
doctor-founding-unfinished = The office is being founded: signatures of root keys are missing.
doctor-not-founded = The office has not been founded.
doctor-found-office = Found the office (bring the root key sticks): sudo langso setup
doctor-founding-not-done = the office has not been founded completely
doctor-no-root-to-compare = there is no root key to compare with
doctor-gone = missing
doctor-damaged = damaged
doctor-root-file = The file of public root keys { $file } is { $how }.
doctor-root-good = The commune's public root keys are there.
doctor-renew-trust = langso office trust renew -o /media/usb/de-nghi.json, then each holder of a root key: langso root sign de-nghi.json --stick /media/usb, at last: langso office trust apply de-nghi.json
doctor-offices-keys = the office's keys
doctor-not-there = Not there: { $files }.
doctor-signer-no-key = The signer has no key in { $folder }.
doctor-office-keys-good = The office's keys can be read by their own services only.
doctor-signer-as-pages = the signer as the web pages see it
doctor-signer-off = The signer is not running.
doctor-run-signer = Run: langso office signer --settings FILE
doctor-signer-no-socket = The signer runs without its socket { $path }.
doctor-pages-cannot-ask = The web pages (user { $name }) cannot call the signer.
doctor-signer-full = The signer cannot sign: no space is left in { $folder }.
doctor-signer-good = The signer answers the web pages and can sign.
doctor-pages-no-right = The web pages have no right to call the signer.
doctor-nothing-to-sign-by = root keys or list of rights to sign by are missing
doctor-signer-refuses = The signer cannot sign: { $said }
doctor-set-clock-again = Set the machine's time: { $set_clock }
doctor-sound-folder = the folder of sounds { $folder }
doctor-no-sound-folder = There is no folder of sounds { $folder }.
doctor-sound-folder-no-right = The service cannot write into { $folder }.
doctor-sound-folder-silent = The folder of sounds { $folder } does not answer.
doctor-sound-disk = { $share } of the disk with the sounds { $folder } is free.
doctor-larger-disk = Use a larger disk, or change media_dir in [office]; do not delete files by hand.
doctor-sound-folder-good = The folder of sounds can be written.
doctor-cannot-read-plain = Cannot read { $file }.
doctor-what-ca = The commune's root certificate
doctor-ca-mismatch = The commune's root certificate and its key do not belong together.
doctor-new-broker-certificate = langso pair broker --host NAME, then systemctl restart langso-broker
doctor-broker-no-certificate = The message server has no certificate yet.
doctor-what-broker = The message server's certificate
doctor-replace-https = Get a new certificate and replace that file; then: systemctl restart langso-office
doctor-https-by-itself = systemctl restart langso-office: the web pages make their certificate anew.
doctor-no-file = { $file } is not there.
doctor-copy-https = Copy the certificate there, or correct https_cert in [office].
doctor-what-https = The web pages' https certificate
doctor-clock-by-host = The clock follows the host, as the settings say.
doctor-clock-behind = The machine's clock says { $here }: wrong, since it is behind documents that the office itself has signed.
doctor-set-time-again = Set the time: { $set_clock }
doctor-office-clock-good = The office machine's time agrees with network time.
doctor-clock-confirmed = No network time; somebody has confirmed the machine's time since it was switched on ({ $here }).
doctor-compare-time = Compare with the time on a phone, then set or confirm: { $set_clock }
doctor-clock-needs-person = No network time and no battery clock: after each start somebody must look at the time; { $shown }.
doctor-clock-off-rtc = No network time, and the machine's time differs from the battery clock by { $off }; { $shown }.
doctor-clock-by-rtc = No network time; the battery clock keeps the time, { $shown }.
doctor-days =
    { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
doctor-hours =
    { $hours ->
        [one] { $hours } hour
       *[other] { $hours } hours
    }
doctor-minutes =
    { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }
doctor-package-half-copied = only partly copied
doctor-package-unpacked = copied, not yet set up
doctor-package-broken-off = broken off while being set up
doctor-package-last-step = waits for its last step
doctor-packages-all = All packages for this role are there.
doctor-packages-missing = Missing: { $missing }.
doctor-package-reinstall = broken half way, must be installed again
doctor-package-unfinished = Package { $name } is not completely installed ({ $how }).
doctor-packages-unfinished = Not completely installed: { $names }.
doctor-configure-packages = sudo dpkg --configure -a; if it stays: { $finish }
doctor-packages-good = Package { $package } and what it needs are completely installed.
doctor-pairing-round = take the USB stick to the commune office and run there: sudo langso setup; bring it back and run again: sudo langso setup
doctor-pair-again = Pair again: plug in a USB stick and run: sudo langso setup --pair-again; { $round }.
doctor-pairing-in = the pairing in { $folder }
doctor-unpaired = not paired
doctor-private-key = the private key
doctor-pairing-files-missing = files of the pairing are missing
doctor-same-file-as-key = in the same file as the private key
doctor-what-machine = The machine's certificate
doctor-unpaired-hears-nobody = This machine is not paired with the commune office and obeys nobody yet.
doctor-waits-for-answer = This machine waits for the commune office's answer; the code to compare is { $code }.
doctor-pairing-damaged = The pairing file is damaged or cannot be read.
doctor-pairing-files-good = All certificates and keys that the settings name are there.
doctor-paired = Paired with { $commune } under the name { $device }.
doctor-key-damaged = Key { $key } is damaged or not that of this certificate.
doctor-key-good = Only the service can read the private key.
doctor-pairing-unseen = the pairing cannot be seen with these rights
doctor-pairing-unreadable = the pairing file cannot be read
doctor-make-test = In the source folder, run: make test
doctor-plug-screen = Plug in the screen and its power; the kiosk goes on by itself after a few seconds.
doctor-screen-good = The kiosk is drawing on the screen.
doctor-nothing-drawn = the kiosk has drawn nothing to ask about yet
doctor-result-watchdog = hung and was stopped by systemd (watchdog)
doctor-result-exit = ended by an error
doctor-result-signal = was stopped from outside
doctor-result-core = crashed (core dump)
doctor-result-memory = ran out of memory
doctor-result-timeout = took too long to start or stop
doctor-result-often = failed so often that systemd no longer starts it
doctor-result-resources = lacked system resources
doctor-result-not-ready = did not say that it is ready
doctor-see-why = See why: journalctl -u { $name } -n 50
doctor-no-unit = This machine has no service { $name }.
doctor-masked = { $name } is locked (masked).
doctor-unmask = systemctl unmask { $name }, then systemctl start { $name }
doctor-result-by-itself = ended by itself
doctor-unit-fails-again =
    { $name } starts and fails again and again: restarted { $restarts ->
        [one] once
       *[other] { $restarts } times
    }, it { $said }.
doctor-result-failed = failed
doctor-then-start = { $log }; when it is put right: systemctl reset-failed { $name }, then systemctl start { $name }
doctor-unit-failed = { $name } is not running: it { $said }.
doctor-unit-starting = { $name } is starting.
doctor-unit-starts-long = { $name } does not finish starting.
doctor-unit-stopping = { $name } is stopping.
doctor-unit-conditions = { $name } is not running because a condition is not met (for example its settings file).
doctor-see-condition = See what is missing: systemctl status { $name }; when it is there: systemctl start { $name }
doctor-start-unit = systemctl start { $name }; if it stops again: journalctl -u { $name } -n 50
doctor-unit-good = { $name } is running.
doctor-boot-off = Do not start with the machine: { $names }.
doctor-boot-good = The services start with the machine.
doctor-running-old = Still running an older version than the one installed: { $names }.
doctor-running-good = The services run the installed version.
doctor-installed = { $package } { $said } is installed (langso { $own }).
doctor-from-source = Làng Số { $own }, run from source or an environment of its own.
doctor-program-version-good = The program runs the installed version.
doctor-program-old = Running { $runs }, but { $own } is installed.
doctor-other-versions = Not the office's version ({ $own }): { $shown }.
doctor-same-version =
    { $devices ->
        [one] { $devices } machine has
       *[other] { $devices } machines have
    } the office's version.
doctor-no-espeak = espeak-ng is missing, so the machine cannot read text aloud.
doctor-voice-good = There is a Vietnamese voice.
doctor-no-vietnamese-voice = espeak-ng has no Vietnamese voice.
doctor-models-missing = Missing in { $folder }: { $names }; faint codes and sheets upside down will be hard to read.
doctor-models-damaged = Damaged models: { $names }.
doctor-models-no-right = The service cannot read the models in { $folder }.
doctor-models-good = All models to read codes and turn sheets are there.
doctor-no-tesseract = tesseract is not there.
doctor-text-good = Vietnamese text can be recognised.
doctor-tesseract-no-vie = tesseract has no Vietnamese.
doctor-speaker-off = the loudspeaker program is not running
doctor-speaker-off-sound = the loudspeaker program is not running to ask the sound server
doctor-pipe = pipe { $pipe }
doctor-no-pipe = There is no pipe { $pipe }.
doctor-restart-recorder = Restart the recorder of the trial village: langso village --help
doctor-no-pipe-folder = There is no folder { $parent } for the sound pipe.
doctor-correct-sink = Correct sink in [speaker].
doctor-pipe-later = Pipe { $pipe } will be there when the loudspeaker runs.
doctor-is-no-pipe = { $pipe } is not a sound pipe.
doctor-sound-to-pipe = Sound goes to pipe { $pipe }.
doctor-no-sound-card = There is no sound card.
doctor-replug-sound = Plug in the USB sound card again, or set dtparam=audio=on on a Pi.
doctor-sink-no-card = There is no card that sink “{ $sink }” means; the machine has: { $there }.
doctor-card-no-output = Sound card { $number } has no output.
doctor-other-card = Choose another card: correct sink in [speaker].
doctor-user-no-sound = User { $user } may not open the sound card.
doctor-add-audio-group = usermod -aG audio { $user }, then restart the service.
doctor-card-fails = The sound card cannot be opened ({ $why }).
doctor-replug-or-replace-sound = Pull out the USB sound card and plug it in again; if it stays, replace it.
doctor-card-muted = The sound card is muted: { $muted }.
doctor-card-good = There is a sound card; it opens and is not muted.
doctor-card-as-service = the sound card as the service sees it
doctor-systemd-silent = systemd does not answer about the services.
doctor-reboot = Restart the machine: systemctl reboot
doctor-no-systemd = This machine runs no systemd, so services are not restarted by themselves.
doctor-use-debian = Use a machine with Debian 12 or later, not a reduced container.
doctor-by-hand = The program is running (started by hand, not as a service).
doctor-program-off = The program is not running.
doctor-run-by-hand = By hand: langso { $role } --help, or a whole village: langso village --help
doctor-no-list = The commune's list of rights is missing.
doctor-list-unusable = The commune's list of rights cannot be used ({ $why }).
doctor-signer-silent = The signer does not answer ({ $why }).
doctor-too-long = took too long
doctor-unit-restarted =
    { $name } is running, but was restarted { $restarts ->
        [one] once
       *[other] { $restarts } times
    }.
doctor-unit-restarted-why =
    { $name } is running, but was restarted { $restarts ->
        [one] once
       *[other] { $restarts } times
    } (it { $said }).
doctor-and-others =
    { $shown } and { $others ->
        [one] { $others } more machine
       *[other] { $others } more machines
    }
doctor-time-is = the machine's time is { $time } on { $day }
doctor-restart = sudo systemctl restart { $units }; look at: journalctl -u { $unit } -n 50
doctor-restart-as-root = systemctl restart { $unit }; look at: journalctl -u { $unit } -n 50
doctor-scans-to-another = The root keys vouch for another key than this office's: papers from kiosks cannot be opened here
doctor-accounts-unvouched = The root keys do not vouch for the accounts { $accounts }: no kiosk calls them the commune's
doctor-scans-unvouched = The root keys do not vouch for the key of scans yet: each kiosk keeps the one it was paired with
doctor-vouched = The root keys vouch for accounts and for the key of scans
doctor-vouch = Propose it for the root keys' holders to sign: sudo langso office trust vouch -o proposal.json
doctor-desk-plain = The key that opens papers lies on the disk as it is: whoever takes the machine reads people's papers
doctor-desk-seal = Seal it to a desk officer's passphrase: sudo langso office desk seal --login NAME -o recovery.json
doctor-desk-sealed = The key of papers is sealed; it is opened by: { $who }
doctor-signer-not-asked = the signer does not answer
doctor-nobody-asked = Setting [signer] asked = "never": nobody confirms what they order; whoever takes over the web pages can speak on the loudspeakers
doctor-ask-again = Put [signer] asked = "enrolled" in /etc/langso/langso.toml, then: sudo systemctl restart langso-signer
doctor-nobody-enrolled = Nobody is enrolled at the signer: whoever takes over the web pages can speak on the loudspeakers
doctor-enrol = Enrol each member of staff with their own phone: sudo langso office signer enrol NAME
doctor-enrolled =
    { $people ->
        [one] { $people } member of staff confirms
       *[other] { $people } members of staff confirm
    } what they order, by six digits or one touch

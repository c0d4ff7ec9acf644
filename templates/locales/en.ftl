### Every text that a visitor reads, on pages and in mails. A folder of the site's own (DOORWARD_TEMPLATE_DIR) may hold
### `locales/en.ftl` with other texts in the place of these, and files of further languages. docs/operations.md (“Other texts, another language”) has the rules:
### each language has the same messages with the same variables, and a start refuses a file that has not.
### The first sentence of an error says what is wrong, and stands in the summary of a page; what to do about it follows.
### Names that end in a code (`flash-logged_out`) are looked up by that code: the part with underscores must stay.

## What the language is called in its own words, for the list at the foot of each page.

language-name = English

## Around every page

error-prefix = Error:
skip-to-content = Skip to the content
main-navigation = Main
account = Account
log-in = Log In
sign-up = Sign Up
log-out = Log Out
look-at-address-bar = { $site }. Look at the address bar before you type a password.
there-is-a-problem = There is a problem
language = Language
change-language = Change language
back-to-account = Back to your account
back-to-log-in = Back to the log-in
back-to-home = Back to the home page

## Times, in UTC. $month is a number from 1 to 12, $time is 22:40

moment =
    { $month ->
        [1] { $day } January { $year }, { $time } UTC
        [2] { $day } February { $year }, { $time } UTC
        [3] { $day } March { $year }, { $time } UTC
        [4] { $day } April { $year }, { $time } UTC
        [5] { $day } May { $year }, { $time } UTC
        [6] { $day } June { $year }, { $time } UTC
        [7] { $day } July { $year }, { $time } UTC
        [8] { $day } August { $year }, { $time } UTC
        [9] { $day } September { $year }, { $time } UTC
        [10] { $day } October { $year }, { $time } UTC
        [11] { $day } November { $year }, { $time } UTC
       *[12] { $day } December { $year }, { $time } UTC
    }
moment-short =
    { $month ->
        [1] { $day } Jan { $year }, { $time } UTC
        [2] { $day } Feb { $year }, { $time } UTC
        [3] { $day } Mar { $year }, { $time } UTC
        [4] { $day } Apr { $year }, { $time } UTC
        [5] { $day } May { $year }, { $time } UTC
        [6] { $day } Jun { $year }, { $time } UTC
        [7] { $day } Jul { $year }, { $time } UTC
        [8] { $day } Aug { $year }, { $time } UTC
        [9] { $day } Sep { $year }, { $time } UTC
        [10] { $day } Oct { $year }, { $time } UTC
        [11] { $day } Nov { $year }, { $time } UTC
       *[12] { $day } Dec { $year }, { $time } UTC
    }

## How long to wait after too many attempts, rounded up

wait-second =
    { $count ->
        [one] Too many attempts. Try again in { $count } second.
       *[other] Too many attempts. Try again in { $count } seconds.
    }
wait-minute =
    { $count ->
        [one] Too many attempts. Try again in { $count } minute.
       *[other] Too many attempts. Try again in { $count } minutes.
    }
wait-hour =
    { $count ->
        [one] Too many attempts. Try again in { $count } hour.
       *[other] Too many attempts. Try again in { $count } hours.
    }

## Fields that several forms have

username = Username
username-or-email = Username or e-mail address
username-hint = Letters, digits and . + - _
username-hint-with-address = Letters, digits and @ . + - _; an e-mail address is fine.
password = Password
current-password = Current password
new-password = New password
new-password-hint =
    { $min ->
        [one] At least { $min } character. A few random words work well.
       *[other] At least { $min } characters. A few random words work well.
    }
email = E-mail address
email-optional = E-mail address (optional)
email-hint = We send a link to it. Open the link to verify the address.
show-password = Show
show-password-label = Show password
hide-password = Hide
hide-password-label = Hide password

## What is wrong with a username

username-error-empty = Enter a username
username-error-taken = That username is already taken.
username-error-not_own_address = That username is an e-mail address. Use one without @, or the e-mail address of this account.
username-error-official = That username is kept for this site itself, so that nobody can pretend to be it. Choose another one.
username-error-too_long = That username is too long. Use 1 to 64 letters (a–z, A–Z), digits and @ . + - _, beginning with a letter or a digit.
username-error-bad_start = That username begins with something other than a letter or a digit. Use 1 to 64 letters (a–z, A–Z), digits and @ . + - _, beginning with a letter or a digit.
username-error-bad_character = That username has a character in it that is not allowed. Use 1 to 64 letters (a–z, A–Z), digits and @ . + - _, beginning with a letter or a digit.

## What is wrong with a new password

password-error-empty = Enter a password
password-error-too_short =
    { $min ->
        [one] That password is too short. Use at least { $min } character.
       *[other] That password is too short. Use at least { $min } characters.
    }
password-error-too_long = That password is too long. It can have at most 1024 bytes: 1024 plain characters, or fewer with accents and emoji.
password-error-bad_character = Control characters are not allowed in a password. Use letters, digits, spaces and symbols.
password-error-too_guessable-listed = That password has leaked somewhere, and is among the first that attackers try. Choose one that you use nowhere else.
password-error-too_guessable-phrase = That is a well-known phrase. Use a few words that nobody has put together before.
password-error-too_guessable-context = That password is mostly your username or a name of this site. Use words that have nothing to do with either.
password-error-too_guessable-common_words = That password is mostly made of words that many passwords have. Use rarer words, at least three of them.
password-error-too_guessable-keyboard_pattern = Keys side by side, and rows of digits or letters, are easy to guess. Use a few random words.
password-error-too_guessable-repetition = Avoid repeated words and characters: they make a password longer, but no harder to guess. Use different words.
password-error-too_guessable-date = Dates and years are easy to guess. Use a few random words.
password-error-too_guessable-common_password = Many people have that password, or one close to it. Add a few words that have nothing to do with it.
password-error-too_guessable-name = Names of people are easy to guess. Add a few words that have nothing to do with them.
password-error-too_guessable-single_word = A word by itself is easy to guess. Use a few words that have nothing to do with each other.
password-error-too_guessable-few_guesses = That password is too easy to guess. Use a few words that have nothing to do with each other.

## What is wrong with the password that is asked for again

reauthentication-error-wrong = That is not your password.

## What is wrong with an e-mail address

email-error-empty = Enter your e-mail address
email-error-too_long = That e-mail address is too long.
email-error-bad_format = That is not an e-mail address like name@example.org. It can have letters, digits and a few symbols, none with accents.
email-link-error-taken = That address belongs to another account.

## What is wrong with a code of two-step verification

code-error-empty = Enter a code
code-error-wrong = That code is not right. Each code works once: try another one.
code-error-clock_ahead =
    { $count ->
        [one] Your device's clock is about { $count } minute ahead. Set it to the right time and try again.
       *[other] Your device's clock is about { $count } minutes ahead. Set it to the right time and try again.
    }
code-error-clock_behind =
    { $count ->
        [one] Your device's clock is about { $count } minute behind. Set it to the right time and try again.
       *[other] Your device's clock is about { $count } minutes behind. Set it to the right time and try again.
    }
code-error-outdated = That QR code is too old. Scan the new one and enter the code that your app shows then.

## Messages that are shown once, on the next page

flash-account_created = Account created. Please log in.
flash-logged_out = Successfully logged out.
flash-log_in_required = Please log in to continue.
flash-session_expired = Please log in again.
flash-password_changed = Your password has been changed. All other devices have been logged out.
flash-password_reset = Your password has been changed. Please log in.
flash-username_changed = Your username has been changed.
flash-session_ended = That device has been logged out.
flash-device_forgotten = That device has been forgotten.
flash-other_sessions_ended = All other devices have been logged out.
flash-account_deleted = Your account has been deleted.
flash-reset_requested = If that account has a verified e-mail address, we have sent a link to it.
flash-email_given = We have sent a link to that address. Open it to verify the address.
flash-email_unchanged = That is already the address of your account.
flash-email_verified = Your e-mail address has been verified.
flash-email_rejected = Thank you. That account no longer has your address.
flash-mail_sent = We have sent the link again.
flash-second_factor_turned_on = Two-step verification is on. From now on, a log-in asks for a code as well.
flash-second_factor_replaced = Codes come from your new app from now on. Those of the old one no longer work.
flash-second_factor_turned_off = Two-step verification is off. Your password alone is enough to log in.
flash-app_turned_off = Codes from your app are no longer asked for. After your password, a log-in asks for a passkey.
flash-passkey_added = Your passkey has been added. You can log in with it from now on. After your password, a second step is asked for.
flash-passkey_renamed = The passkey has its new name.
flash-passkey_removed = That passkey has been removed. It no longer logs in to your account. All other devices have been logged out.
flash-password_removed = Your password has been removed. From now on you log in with a passkey. All other devices have been logged out.
flash-recovery_codes_saved = Your new recovery codes work from now on. The ones before no longer do.
flash-recovery_codes_outdated = Those recovery codes were shown for too long. Save the ones on this page instead.
flash-too_many_codes = Too many wrong codes. Please log in again.
flash-recovery_codes_left =
    { $count ->
        [one] { $count } recovery code left
       *[other] { $count } recovery codes left
    }
flash-another_account = You are logged in with another account now, so nothing was changed.
flash-failed_attempts =
    { $count ->
        [one] There was { $count } failed attempt to log in to your account since your last log-in.
       *[other] There were { $count } failed attempts to log in to your account since your last log-in.
    }
flash-failed_attempts-or-more =
    { $count ->
        [one] There was at least { $count } failed attempt to log in to your account since your last log-in.
       *[other] There were at least { $count } failed attempts to log in to your account since your last log-in.
    }
# Followed by a time
failed-attempts-first = The first one:
failed-attempts-see = See your recent activity
if-not-you-change-password = If this was not you, change your password.

## The home page

welcome = Welcome
welcome-to = Welcome to { $site }
home-log-in = One account, one door. Log in to go on.
home-log-in-or-sign-up = One account, one door. Log in to go on, or sign up if you are new here.
hello = Hello, { $username }
you-are-logged-in = You are logged in.
your-account = Your account

## The form to log in

# $days: how long
keep-me-logged-in =
    { $days ->
        [one] Keep me logged in for { $days } day
       *[other] Keep me logged in for { $days } days
    }
log-in-refused = Username or password are incorrect
log-in-with-passkey = Log in with a passkey
forgot-your-password = Forgot your password?
no-account-yet = Don't have an account? Sign Up.

## The second step of a log-in

second-step = Enter your code
second-step-text = Open your authenticator app and enter the code that it shows for { $site }.
second-step-recovery-text = Enter one of the recovery codes that you have saved. Each works once.
code-from-app = Code from your app
recovery-code = Recovery code
use-recovery-code = Use a recovery code
use-app-code = Use a code from your app
use-passkey = Use a passkey
second-step-passkey-text = Your account asks for a passkey. If you do not have it here, enter one of the recovery codes that you have saved. Each works once.
trust-device =
    { $days ->
        [one] Do not ask again on this device for { $days } day
       *[other] Do not ask again on this device for { $days } days
    }

## Where a browser keeps no cookies

no-cookies = Your browser keeps no cookies
no-cookies-text = You are not logged in. A cookie keeps you logged in on this site, and your browser has not sent it back.
# Followed by the address of the site
no-cookies-address = Open this site at the following address. At any other address the cookie is not kept.
no-cookies-settings = Allow cookies for this site in the settings of your browser, and in any extension that blocks them.
log-in-again = Log in again

## The page that asks whether to log out

log-out-question = Log out?
log-out-text = Nothing has changed yet. You may have come here by a link on another site.

## The form to sign up

already-an-account = Already have an account? Log In.
sign-up-refused-closed = Sign-up is closed.
sign-up-refused-invitation_required = You need an invitation to sign up.
sign-up-refused-invitation_expired = This invitation has expired or has already been used.

## Check your mail: the address has to be verified before the first log-in

check-mail = Check your mail
check-mail-sent = Before you can log in, your e-mail address has to be verified. We have sent a link to { $address }.
check-mail-open = Open the link and press “Verify this address”. If no mail has come, look in your spam folder.
check-mail-no-address = Before you can log in, your account needs a verified e-mail address, and it has none.
check-mail-ask = Ask the people who run this site to add one.
send-link-again = Send the link again

## The form for a forgotten password

forgotten-password-text = If your account has a verified e-mail address, we send a link to it. With that link you set a new password.
forgotten-password-no-mail = If no mail comes within a few minutes, look in your spam folder. If your account has no verified address, ask the people who run this site.
login-error-empty = Enter your username or e-mail address
send-link = Send a link

## A link that is good no longer

link-expired = This link has expired
link-expired-text = This link has expired or has already been used.
link-expired-send = Send a new link
link-expired-ask = Ask the person who gave it to you for a new one.

## The form to set a password by a link

new-password-for = New password for { $username }
all-devices-logged-out = All your devices will be logged out.
set-password = Set password

## Where a link to verify an address leads

verify-title = Verify { $address }
verify-question = Is this your account?
verify-text = The account “{ $username }” has given the address { $address }.
verify-warning = Verify it only if the account is yours. Whoever made the account chose its password.
verify-this-address = Verify this address
this-was-not-me = This was not me

## Where a link to put an address back leads

undo-title = Put { $address } back
undo-heading = Put your address back
undo-text = The account “{ $username }” was given another e-mail address. If that was not you, put { $address } back.
undo-effect = All devices will be logged out, and you set a new password next.
undo-button = Put this address back

## The account page

member-since = Member since
menu-sessions = Where you are logged in
menu-activity = Recent activity
menu-password = Change your password
menu-second-factor = Two-step verification
menu-passkeys = Passkeys
menu-email = Your e-mail address
menu-username = Change your username
menu-delete = Delete your account

## Where the user is logged in

sessions-text = If you do not recognise a device, log it out and change your password.
this-device = This device
# Followed by a network address
# Followed by a time
last-seen = Last seen
logged-in-since = Logged in
# How somebody logged in
logged-in-by-password = Password
logged-in-by-password-totp = Password and code
logged-in-by-password-recovery_code = Password and recovery code
logged-in-by-passkey = Passkey
logged-in-by-password-passkey = Password and passkey
log-out-device = Log out
log-out-this-device = Log out { $device }, last seen { $time }
log-out-others = Log out all other devices
known-devices = Devices that you have logged in with
known-devices-text = Too many wrong passwords from strangers do not make you wait on these devices, even after you log out. Forget those that you no longer use.
last-log-in = Last log-in
first-log-in = First log-in
# Followed by a time
trusted-until = Codes are not asked for on it until
forget-device = Forget
forget-this-device = Forget { $device }, last log-in { $time }

## Recent activity

activity-kept =
    { $days ->
        [one] Activity is kept for { $days } day.
       *[other] Activity is kept for { $days } days.
    }
activity-not-you = If something here was not you, change your password.
activity-none = There is nothing more to see.
activity-older = Older
activity-by-operator = By the operator of this site
event-logged_in = Logged in
event-log_in_failed = Failed attempt to log in
event-log_in_failed-in-a-row =
    { $count ->
        [one] { $count } failed attempt to log in
       *[other] { $count } failed attempts to log in
    }
activity-addresses =
    { $count ->
        [one] From { $count } network address
       *[other] From { $count } network addresses
    }
# Followed by a time
activity-last-attempt = Last one
activity-first-attempt = First one
activity-show-attempts = Show the attempts
activity-more-attempts =
    { $count ->
        [one] And { $count } more
       *[other] And { $count } more
    }
event-reauthentication_failed = Wrong password or passkey while logged in
event-logged_out = Logged out
event-session_ended = A device was logged out
event-sessions_ended = All other devices were logged out
event-password_changed = Password changed
event-username_changed = Username changed
event-device_forgotten = A device was forgotten
event-reset_link_made = One-time link made
event-password_reset = Password set by a one-time link
event-account_created = Account created
event-account_imported = Account taken over from another system
event-password_imported = Password taken over from another system
event-account_closed = Account closed
event-account_deleted = Account deleted
event-account_deleted_by_operator = Account deleted
event-account_reopened = Account reopened
event-sessions_ended_by_operator = All devices were logged out
event-username_changed_by_operator = Username changed
event-waits_forgiven = Waits after failed attempts were lifted
event-reset_requested = Link to set a new password sent by mail
event-email_given = E-mail address given
event-verification_requested = Link to verify the e-mail address asked for again
event-email_verified = E-mail address verified
event-email_rejected = E-mail address removed by the person who reads its mail
event-email_undone = Former e-mail address put back by a link
event-email_set_by_operator = E-mail address set
event-throttled = Too many attempts; some were turned away
event-second_factor_turned_on = Two-step verification turned on
event-second_factor_replaced = Another authenticator app set up
event-second_factor_turned_off = Two-step verification turned off
event-second_factor_removed = Two-step verification removed
event-recovery_codes_made = New recovery codes made
event-recovery_code_used = Recovery code used
event-second_step_failed = Right password, wrong code or passkey
event-second_step_guessed = Three wrong codes after the right password
event-second_step_throttled = Too many wrong codes; some were turned away
event-passkey_added = Passkey added
event-passkey_renamed = Passkey renamed
event-passkey_removed = Passkey removed
event-passkey_refused = Passkey refused, as it may have been copied
event-password_removed = Password removed

## Devices. Names of browsers and systems are the same in every language

device = { $browser } on { $system }
unknown-device = Unknown device
an-app = An app

## The form to change the password

password-change-effect = All your other devices will be logged out.
change-password = Change password
no-password = Your account has no password. You log in with a passkey.
no-password-nor-passkey = Your account has no password.
set-password-by-link = Get a link to set a password
set-password-ask = To get a password, ask the people who run this site for a link to set one.

## Two-step verification: what is set up

second-factor-text = With two-step verification, a log-in asks for your password and for a code from an app on your phone. Somebody who finds out your password cannot log in with it.
second-factor-is-off = Two-step verification is off.
authenticator-app = Authenticator app
# Followed by a time
app-set-up-on = Set up on
recovery-codes = Recovery codes
few-recovery-codes =
    { $count ->
        [0] You have no recovery codes left.
        [one] You have only { $count } recovery code left.
       *[other] You have only { $count } recovery codes left.
    }
make-recovery-codes = Make new recovery codes
set-up-app = Set up an app
set-up-another-app = Set up another app
turn-off-heading = Turn off two-step verification
turn-off-text = Your password alone is then enough to log in. Your recovery codes are deleted.
code-or-recovery-code = Code from your app, or a recovery code
turn-off = Turn off
second-factor-by-passkey = After your password, a log-in asks for one of your passkeys.
second-factor-or-passkey = A passkey protects your account even better, and there is no code to type.
see-passkeys = See your passkeys
turn-off-app-heading = Turn off the authenticator app
turn-off-app-text = After your password, a log-in then asks for a passkey. Your recovery codes stay as they are.

## Passkeys

passkeys-text = With a passkey you log in by a fingerprint, your face or the PIN of your device. It works on this site alone, so nobody can trick you out of it.
passkeys-none = You have no passkeys yet.
passkey-backup-synced = synced
passkey-backup-eligible = not synced yet
passkey-backup-this_device_only = this device only
# Followed by a time
passkey-added = Added
passkey-last-used = Last used
passkey-never-used = Not used yet
passkey-rename = Rename
passkey-rename-this = Rename { $name }
passkey-name = Name
passkey-name-optional = Name (optional)
passkey-save-name = Save the name
passkey-remove = Remove
passkey-remove-this = Remove { $name }
add-passkey = Add a passkey
add-passkey-text = Your browser asks where to keep it: on this device, on a phone or on a security key.
passkeys-need-script = To add a passkey you need a browser that supports passkeys, with JavaScript turned on.
passkeys-problem-last_way_in = That passkey is your only way to log in. Add another one first, or set a password.
passkeys-problem-password_needed = Your password stays for now. Before you remove it you need two passkeys, or a passkey and a recovery code.
remove-password-heading = Remove your password
remove-password-text = From then on, only a passkey logs in, and a stolen password is of no use to anybody. You can set a password again later by a link.
remove-my-password = Remove my password
passkey-error-failed = That did not work. Reload the page and try again.
passkey-error-not_allowed = That did not work. Either it was cancelled, or it took too long, or it needs a PIN, a fingerprint or a face that has not been set up.
passkey-error-other_site = Passkeys do not work at this address. Open this site at its usual address and try again.
passkey-error-network = This site cannot be reached. Check your connection and try again.
passkey-error-expired = That took too long. Please try again.
passkey-error-unknown = This site does not know that passkey. It may have been removed from its account. Use another one, or log in another way.
passkey-error-refused = That passkey is not right. Use another one.
passkey-error-counter_went_back = That passkey was refused, because there may be a copy of it. Log in another way, remove it from your account and add a new one.
passkey-error-backup_changed = That passkey was refused, because it can be synced now and could not be when it was added, or the other way round. Log in another way, remove it from your account and add it again.
passkey-error-not_verified = That passkey did not find out whether it is you. Set up a PIN, a fingerprint or your face for it and try again.
passkey-error-already_added = That device or security key already has a passkey for your account.
passkey-error-too_many = Your account has as many passkeys as it can have. Remove one to add another.
passkey-error-throttled = Too many codes were tried. Wait a few minutes and try again.
passkey-error-name_empty = Enter a name
passkey-error-name_too_long = That name is too long. It can have at most 60 characters.
passkey-error-name_bad_character = Control characters are not allowed in a name. Use letters, digits, spaces and symbols.

## Two-step verification: the set-up of an app

totp-title = Set up your authenticator app
totp-required = This site asks everybody for two-step verification. Set it up to go on.
totp-scan = Scan this QR code with an authenticator app on your phone.
totp-qr-code = QR code for your authenticator app
totp-key = If you cannot scan it, type this key into the app:
totp-open = Open an authenticator app on this device
totp-replaces = Codes of the app that you have now stop working. Your recovery codes stay as they are.
code-of-present-app = Code from the app that you have now, or a recovery code
code-of-new-app = Code from the new app
turn-on = Turn on
add-passkey-instead = Add a passkey instead
set-up-app-instead = Set up an authenticator app instead

## Two-step verification: recovery codes, shown once

recovery-codes-title = Save your recovery codes
recovery-codes-text = With one of these codes you can log in when you do not have your app or your passkey. Each works once. Keep them where nobody else can read them, and not only on your phone.
recovery-codes-replace = They replace the codes that you have as soon as you press “I have saved them”.
recovery-codes-file = Recovery codes of { $username } at { $site }. Each works once.
download = Download
copy = Copy
copied = Copied
print = Print
have-saved-codes = I have saved them

## The form to change the username

username-change-text = You log in with the new name from then on, and no longer with the old one.
# Of the old name
old-name-reserved =
    { $days ->
        [one] Nobody else can have the old name for { $days } day. You can go back to it until then.
       *[other] Nobody else can have the old name for { $days } days. You can go back to it until then.
    }
old-name-free = Somebody else can take the old name at once.
change-username = Change username

## The account's e-mail address

email-purpose = With a verified address you can set a new password if you forget yours, and we tell you when something happens to your account.
email-verified = Verified
email-not-verified = Not verified yet
email-sent = Open the link in the mail to { $address } to verify the address. If it has not come, look in your spam folder, or have the link sent again.
email-another = Another e-mail address
email-change-effect = We tell { $address } at once. It stays your address until the other one is verified.
change-address = Change address
add-address = Add address

## The form to delete the account

delete-warning = This cannot be undone. It deletes at once:
delete-account = your account and its password
delete-account-of = your account { $username } and its password
delete-sessions = your log-in on every device
delete-activity = your recent activity
delete-name-reserved =
    { $days ->
        [one] Nobody, including you, can sign up with your name for { $days } day. After that, anyone can.
       *[other] Nobody, including you, can sign up with your name for { $days } days. After that, anyone can.
    }
delete-name-free = Anyone can sign up with your name at once.
delete-my-account = Delete my account

## The form that asks for the password again

reauthentication-title = Confirm your password
reauthentication-text = You logged in some time ago. Please enter your password again to go on.
go-on = Go on
confirm-identity = Confirm that it is you
reauthentication-passkey-text = You logged in some time ago. Please confirm that it is you to go on.
passkey-needs-script = A passkey works only in a browser that supports passkeys, with JavaScript turned on. Turn it on, or use another browser.

## Error pages, by their status

error-number = Error { $status }
error-quote = If you report this, quote:
# Followed by the address of the site
error-site-at = This site is at the following address. If your browser shows another one, open this one.
go-to-home = Go to the home page
error-title-400 = That request cannot be read
error-text-400 = Your browser sent something that this site could not read. Go back, reload the page and try again.
error-title-403 = That is not allowed
error-text-403 = For your safety, nothing was changed: the request came from another site or was not meant for you. If it was you, start again from the home page.
error-title-404 = Page not found
error-text-404 = There is nothing at this address. If you typed it, check the spelling; if you followed a link, it may be out of date.
error-title-405 = That does not work here
error-text-405 = This address exists, but what was sent to it belongs somewhere else. Start again from the home page.
error-title-413 = That is too much at once
error-text-413 = More was sent than this site takes. Make it shorter and try again.
error-title-415 = That format is not accepted
error-text-415 = This address takes what its own form sends, and nothing else. Go back to the form and try again.
error-title-422 = That form cannot be used
error-text-422 = Something in the form was missing, or there twice. Go back, reload the page and fill it in again.
error-title-429 = Too many attempts
error-text-429 = To keep accounts safe, the number of attempts is limited. Wait a few minutes and try again.
error-title-500 = Something went wrong
error-text-500 = The mistake is on our side, not yours. Wait a minute and try again.
error-title-503 = Busy at the moment
error-text-503 = More is going on than this site can handle right now. Wait a minute and try again.
error-title-other = That did not work
error-text-other = This site could not do what was asked. Go back and try again, or start again from the home page.

## Mails: plain text, one paragraph a message, wrapped by the program

mail-hello = Hello,
mail-hello-you = Hello { $username },
mail-from = From: { $device }
mail-from-address = From: { $device }, { $address }
mail-not-you = If this was not you, somebody else may be in your account. Open { $url } in your browser, log in, change your password, and look at "Where you are logged in" and "Recent activity". If you cannot log in, use "Forgot your password?" on the log-in page.
mail-not-your-passkey = If this was not you, somebody else may be in your account. Open { $url } in your browser, log in, remove every passkey that is not yours, change your password, and look at "Where you are logged in" and "Recent activity". If you cannot log in, use "Forgot your password?" on the log-in page.
mail-ask-operator = If you do not know why, ask the people who run the site.
mail-footer = This mail was sent by a program. We never ask for your password by mail.
mail-link-once-second =
    { $count ->
        [one] The link works once, within { $count } second.
       *[other] The link works once, within { $count } seconds.
    }
mail-link-once-minute =
    { $count ->
        [one] The link works once, within { $count } minute.
       *[other] The link works once, within { $count } minutes.
    }
mail-link-once-hour =
    { $count ->
        [one] The link works once, within { $count } hour.
       *[other] The link works once, within { $count } hours.
    }

mail-verify_email-subject = Verify your e-mail address for { $site }
mail-verify_email-text = Somebody has given this e-mail address for the account "{ $username }" at { $site }. If that was you, open this page and confirm it:
mail-verify_email-pages = Opening the page changes nothing before you press one of its buttons.
mail-verify_email-not-you = If that was not you, open the page and press "This was not me", and we remove the address from that account. If you do nothing, nothing happens.

mail-reset_password-subject = Set a new password for { $site }
mail-reset_password-text = Somebody has asked for a link to set a new password for your account "{ $username }" at { $site }. If that was you, open this page:
mail-reset_password-unchanged = Your password stays as it is until you set another one there.
mail-reset_password-not-you = If that was not you, you need not do anything: only a person who can read your mail can use the link. Do not pass it on.

mail-account_exists-subject = You already have an account: { $username }
mail-account_exists-text = Somebody has just given this e-mail address for an account at { $site }. You already have an account: { $username }
mail-account_exists-you = If that was you, log in with the account that you have. If you have forgotten its password, use "Forgot your password?" on the log-in page. If that was not you, you need not do anything: the address stays yours, and nobody has learned that you have an account.

mail-undo_email-subject = The e-mail address of your account is being changed
mail-undo_email-text = Another e-mail address was given for your account "{ $username }" at { $site } on { $time }. We tell this address because it is, or was, the address of the account.
mail-undo_email-not-you = If that was you, you need not do anything. If it was not, open this page. It puts this address back, logs out all devices, and lets you set a new password:
mail-undo_email-good-for-second =
    { $count ->
        [one] The link works within { $count } second, even if somebody has changed your password.
       *[other] The link works within { $count } seconds, even if somebody has changed your password.
    }
mail-undo_email-good-for-minute =
    { $count ->
        [one] The link works within { $count } minute, even if somebody has changed your password.
       *[other] The link works within { $count } minutes, even if somebody has changed your password.
    }
mail-undo_email-good-for-hour =
    { $count ->
        [one] The link works within { $count } hour, even if somebody has changed your password.
       *[other] The link works within { $count } hours, even if somebody has changed your password.
    }

mail-logged_in-subject = Somebody has logged in to your account from a new device
mail-logged_in-text = Somebody has logged in to your account "{ $username }" at { $site } with a device that has not been used before, on { $time }.

mail-password_changed-subject = Your password has been changed
mail-password_changed-text = The password of your account "{ $username }" at { $site } was changed on { $time }. All other devices were logged out.

mail-password_reset-subject = Your password has been set by a link
mail-password_reset-text = The password of your account "{ $username }" at { $site } was set by a one-time link on { $time }. All devices were logged out.

mail-username_changed-subject = Your username has been changed
mail-username_changed-text = The username of your account at { $site } was changed on { $time }. It is now "{ $username }".
mail-username_changed_by_operator-subject = Your username has been changed
mail-username_changed_by_operator-text = The operator of { $site } has changed the username of your account on { $time }. It is now "{ $username }". Your password is the same.

mail-email_set_by_operator-subject = The e-mail address of your account has been set
mail-email_set_by_operator-text = The operator of { $site } has given your account "{ $username }" another e-mail address on { $time }. This mail goes to the address that the account had before.

mail-account_closed-subject = Your account has been closed
mail-account_closed-text = The operator of { $site } has closed your account "{ $username }" on { $time }. Nobody can log in to it, and all devices were logged out.
mail-account_reopened-subject = Your account has been reopened
mail-account_reopened-text = The operator of { $site } has reopened your account "{ $username }" on { $time }. You can log in again, with the password that you had.
mail-account_deleted-subject = Your account has been deleted
mail-account_deleted-text = Your account "{ $username }" at { $site } was deleted on { $time }, with everything in it. This is the last mail about it.
mail-account_deleted-not-you = If this was not you, ask the people who run the site.
mail-account_deleted_by_operator-subject = Your account has been deleted
mail-account_deleted_by_operator-text = The operator of { $site } has deleted your account "{ $username }" on { $time }, with everything in it. This is the last mail about it.

mail-second_factor_turned_on-subject = Two-step verification has been turned on
mail-second_factor_turned_on-text = Two-step verification was turned on for your account "{ $username }" at { $site } on { $time }. From now on, a log-in asks for a code from an app as well.
mail-second_factor_replaced-subject = Another authenticator app has been set up
mail-second_factor_replaced-text = Another authenticator app was set up for your account "{ $username }" at { $site } on { $time }. Codes of the app before no longer work.
mail-second_factor_turned_off-subject = Two-step verification has been turned off
mail-second_factor_turned_off-text = Two-step verification was turned off for your account "{ $username }" at { $site } on { $time }. A log-in no longer asks for a code from an app.
mail-second_factor_removed-subject = Two-step verification has been removed
mail-second_factor_removed-text = The operator of { $site } has removed two-step verification from your account "{ $username }" on { $time }. The password alone is enough to log in.
mail-recovery_codes_made-subject = New recovery codes have been made
mail-recovery_codes_made-text = New recovery codes were made for your account "{ $username }" at { $site } on { $time }. The codes before no longer work.
mail-recovery_code_used-subject = A recovery code has been used
mail-recovery_code_used-text = Somebody has logged in to your account "{ $username }" at { $site } with the password and a recovery code, on { $time }. That code does not work again.
mail-second_step_guessed-subject = Wrong codes at your account
mail-second_step_guessed-text = Somebody has entered the right password of your account "{ $username }" at { $site }, and then three wrong codes, the last on { $time }. Nobody was logged in.
mail-second_step_throttled-subject = Too many wrong codes at your account
mail-second_step_throttled-text = Somebody has entered the right password of your account "{ $username }" at { $site }, and then too many wrong codes, the last on { $time }. Nobody was logged in. For a few minutes no more codes are accepted.
mail-second_step_throttled-not-you = If this was not you, somebody knows your password. Open { $url } in your browser, use "Forgot your password?" on the log-in page, and choose one that you use nowhere else.

mail-passkey_added-subject = A passkey has been added to your account
mail-passkey_added-text = A passkey was added to your account "{ $username }" at { $site } on { $time }. It logs in without a password.
mail-passkey_renamed-subject = A passkey of your account has been renamed
mail-passkey_renamed-text = A passkey of your account "{ $username }" at { $site } was given another name on { $time }.
mail-passkey_removed-subject = A passkey has been removed from your account
mail-passkey_removed-text = A passkey of your account "{ $username }" at { $site } was removed on { $time }. It no longer logs in.
mail-passkey_refused-subject = A passkey of your account was refused
mail-passkey_refused-text = Somebody has tried to use a passkey of your account "{ $username }" at { $site }, on { $time }. It was refused, because it may be a copy. Nobody was let in. If it was you, log in another way, remove the passkey and add it again.
mail-password_removed-subject = Your password has been removed
mail-password_removed-text = The password of your account "{ $username }" at { $site } was removed on { $time }. From now on, only a passkey logs in.

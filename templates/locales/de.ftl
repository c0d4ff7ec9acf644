### German. en.ftl has the explanations.

## What the language is called in its own words, for the list at the foot of each page.

language-name = Deutsch

## Around every page

error-prefix = Fehler:
skip-to-content = Zum Inhalt springen
main-navigation = Hauptnavigation
account = Konto
log-in = Anmelden
sign-up = Registrieren
log-out = Abmelden
look-at-address-bar = { $site }. Prüfen Sie die Adresszeile, bevor Sie ein Passwort eingeben.
there-is-a-problem = Es gibt ein Problem
language = Sprache
change-language = Sprache ändern
back-to-account = Zurück zu Ihrem Konto
back-to-log-in = Zurück zur Anmeldung
back-to-home = Zurück zur Startseite

## Times, in UTC. $month is a number from 1 to 12, $time is 22:40

moment =
    { $month ->
        [1] { $day }. Januar { $year } um { $time } Uhr (UTC)
        [2] { $day }. Februar { $year } um { $time } Uhr (UTC)
        [3] { $day }. März { $year } um { $time } Uhr (UTC)
        [4] { $day }. April { $year } um { $time } Uhr (UTC)
        [5] { $day }. Mai { $year } um { $time } Uhr (UTC)
        [6] { $day }. Juni { $year } um { $time } Uhr (UTC)
        [7] { $day }. Juli { $year } um { $time } Uhr (UTC)
        [8] { $day }. August { $year } um { $time } Uhr (UTC)
        [9] { $day }. September { $year } um { $time } Uhr (UTC)
        [10] { $day }. Oktober { $year } um { $time } Uhr (UTC)
        [11] { $day }. November { $year } um { $time } Uhr (UTC)
       *[12] { $day }. Dezember { $year } um { $time } Uhr (UTC)
    }
moment-short = { $day }.{ $month }.{ $year }, { $time } UTC

## How long to wait after too many attempts, rounded up

wait-second =
    { $count ->
        [one] Zu viele Versuche. Versuchen Sie es in { $count } Sekunde erneut.
       *[other] Zu viele Versuche. Versuchen Sie es in { $count } Sekunden erneut.
    }
wait-minute =
    { $count ->
        [one] Zu viele Versuche. Versuchen Sie es in { $count } Minute erneut.
       *[other] Zu viele Versuche. Versuchen Sie es in { $count } Minuten erneut.
    }
wait-hour =
    { $count ->
        [one] Zu viele Versuche. Versuchen Sie es in { $count } Stunde erneut.
       *[other] Zu viele Versuche. Versuchen Sie es in { $count } Stunden erneut.
    }

## Fields that several forms have

username = Benutzername
username-or-email = Benutzername oder E-Mail-Adresse
username-hint = Buchstaben, Ziffern und . + - _
username-hint-with-address = Buchstaben, Ziffern und @ . + - _; auch eine E-Mail-Adresse ist möglich.
password = Passwort
current-password = Aktuelles Passwort
new-password = Neues Passwort
new-password-hint =
    { $min ->
        [one] Mindestens { $min } Zeichen. Gut geeignet sind einige zufällige Wörter.
       *[other] Mindestens { $min } Zeichen. Gut geeignet sind einige zufällige Wörter.
    }
email = E-Mail-Adresse
email-optional = E-Mail-Adresse (optional)
email-hint = Wir senden einen Link an diese Adresse. Öffnen Sie ihn, um die Adresse zu bestätigen.
show-password = Anzeigen
show-password-label = Passwort anzeigen
hide-password = Verbergen
hide-password-label = Passwort verbergen

## What is wrong with a username

username-error-empty = Geben Sie einen Benutzernamen ein
username-error-taken = Dieser Benutzername ist bereits vergeben.
username-error-not_own_address = Dieser Benutzername ist eine E-Mail-Adresse. Verwenden Sie einen Namen ohne @ oder die E-Mail-Adresse dieses Kontos.
username-error-official = Dieser Benutzername ist für diese Website reserviert, damit sich niemand für sie ausgeben kann. Wählen Sie einen anderen.
username-error-too_long = Dieser Benutzername ist zu lang. Erlaubt sind 1 bis 64 Zeichen: Buchstaben (a–z, A–Z), Ziffern und @ . + - _, am Anfang ein Buchstabe oder eine Ziffer.
username-error-bad_start = Dieser Benutzername beginnt nicht mit einem Buchstaben oder einer Ziffer. Erlaubt sind 1 bis 64 Zeichen: Buchstaben (a–z, A–Z), Ziffern und @ . + - _, am Anfang ein Buchstabe oder eine Ziffer.
username-error-bad_character = Dieser Benutzername enthält ein Zeichen, das nicht erlaubt ist. Erlaubt sind 1 bis 64 Zeichen: Buchstaben (a–z, A–Z), Ziffern und @ . + - _, am Anfang ein Buchstabe oder eine Ziffer.

## What is wrong with a new password

password-error-empty = Geben Sie ein Passwort ein
password-error-too_short =
    { $min ->
        [one] Dieses Passwort ist zu kurz. Verwenden Sie mindestens { $min } Zeichen.
       *[other] Dieses Passwort ist zu kurz. Verwenden Sie mindestens { $min } Zeichen.
    }
password-error-too_long = Dieses Passwort ist zu lang. Erlaubt sind höchstens 1024 Byte: 1024 einfache Zeichen oder weniger, wenn Umlaute, Akzente oder Emojis dabei sind.
password-error-bad_character = Steuerzeichen sind in einem Passwort nicht erlaubt. Verwenden Sie Buchstaben, Ziffern, Leerzeichen und Sonderzeichen.
password-error-too_guessable-listed = Dieses Passwort ist durch ein Datenleck bekannt geworden und gehört zu den ersten, die Angreifer ausprobieren. Wählen Sie eines, das Sie sonst nirgends verwenden.
password-error-too_guessable-phrase = Das ist eine bekannte Redewendung. Verwenden Sie einige Wörter, die noch niemand so zusammengestellt hat.
password-error-too_guessable-context = Dieses Passwort besteht größtenteils aus Ihrem Benutzernamen oder einem Namen dieser Website. Verwenden Sie Wörter, die mit beidem nichts zu tun haben.
password-error-too_guessable-common_words = Dieses Passwort besteht größtenteils aus Wörtern, die in vielen Passwörtern vorkommen. Verwenden Sie seltenere Wörter, und zwar mindestens drei.
password-error-too_guessable-keyboard_pattern = Benachbarte Tasten und Folgen von Ziffern oder Buchstaben sind leicht zu erraten. Verwenden Sie einige zufällige Wörter.
password-error-too_guessable-repetition = Vermeiden Sie Wiederholungen von Wörtern und Zeichen: Dadurch wird ein Passwort länger, aber nicht schwerer zu erraten. Verwenden Sie verschiedene Wörter.
password-error-too_guessable-date = Datumsangaben und Jahreszahlen sind leicht zu erraten. Verwenden Sie einige zufällige Wörter.
password-error-too_guessable-common_password = Viele Menschen verwenden dieses oder ein sehr ähnliches Passwort. Fügen Sie einige Wörter hinzu, die nichts damit zu tun haben.
password-error-too_guessable-name = Namen von Personen sind leicht zu erraten. Fügen Sie einige Wörter hinzu, die nichts damit zu tun haben.
password-error-too_guessable-single_word = Ein einzelnes Wort ist leicht zu erraten. Verwenden Sie einige Wörter, die nichts miteinander zu tun haben.
password-error-too_guessable-few_guesses = Dieses Passwort ist zu leicht zu erraten. Verwenden Sie einige Wörter, die nichts miteinander zu tun haben.

## What is wrong with the password that is asked for again

reauthentication-error-wrong = Das ist nicht Ihr Passwort.

## What is wrong with an e-mail address

email-error-empty = Geben Sie Ihre E-Mail-Adresse ein
email-error-too_long = Diese E-Mail-Adresse ist zu lang.
email-error-bad_format = Das ist keine E-Mail-Adresse wie name@example.org. Erlaubt sind Buchstaben ohne Umlaute und Akzente, Ziffern und einige Sonderzeichen.
email-link-error-taken = Diese Adresse gehört zu einem anderen Konto.

## What is wrong with a code of two-step verification

code-error-empty = Geben Sie einen Code ein
code-error-wrong = Dieser Code ist nicht richtig. Jeder Code gilt nur einmal: Versuchen Sie es mit einem anderen.
code-error-clock_ahead =
    { $count ->
        [one] Die Uhr Ihres Geräts geht etwa { $count } Minute vor. Stellen Sie sie richtig und versuchen Sie es erneut.
       *[other] Die Uhr Ihres Geräts geht etwa { $count } Minuten vor. Stellen Sie sie richtig und versuchen Sie es erneut.
    }
code-error-clock_behind =
    { $count ->
        [one] Die Uhr Ihres Geräts geht etwa { $count } Minute nach. Stellen Sie sie richtig und versuchen Sie es erneut.
       *[other] Die Uhr Ihres Geräts geht etwa { $count } Minuten nach. Stellen Sie sie richtig und versuchen Sie es erneut.
    }
code-error-outdated = Dieser QR-Code ist zu alt. Scannen Sie den neuen und geben Sie den Code ein, den Ihre App dann anzeigt.

## Messages that are shown once, on the next page

flash-account_created = Ihr Konto wurde erstellt. Bitte melden Sie sich an.
flash-logged_out = Sie haben sich erfolgreich abgemeldet.
flash-log_in_required = Bitte melden Sie sich an, um fortzufahren.
flash-session_expired = Bitte melden Sie sich erneut an.
flash-password_changed = Ihr Passwort wurde geändert. Alle anderen Geräte wurden abgemeldet.
flash-password_reset = Ihr Passwort wurde geändert. Bitte melden Sie sich an.
flash-username_changed = Ihr Benutzername wurde geändert.
flash-session_ended = Das Gerät wurde abgemeldet.
flash-device_forgotten = Das Gerät wurde aus der Liste entfernt.
flash-other_sessions_ended = Alle anderen Geräte wurden abgemeldet.
flash-account_deleted = Ihr Konto wurde gelöscht.
flash-reset_requested = Falls dieses Konto eine bestätigte E-Mail-Adresse hat, haben wir einen Link an diese Adresse gesendet.
flash-email_given = Wir haben einen Link an diese Adresse gesendet. Öffnen Sie ihn, um die Adresse zu bestätigen.
flash-email_unchanged = Das ist bereits die Adresse Ihres Kontos.
flash-email_verified = Ihre E-Mail-Adresse wurde bestätigt.
flash-email_rejected = Vielen Dank. Ihre Adresse wurde aus diesem Konto entfernt.
flash-mail_sent = Wir haben den Link erneut gesendet.
flash-second_factor_turned_on = Die Bestätigung in zwei Schritten ist eingeschaltet. Ab jetzt wird bei der Anmeldung auch ein Code verlangt.
flash-second_factor_replaced = Ab jetzt gelten die Codes Ihrer neuen App. Die der alten gelten nicht mehr.
flash-second_factor_turned_off = Die Bestätigung in zwei Schritten ist ausgeschaltet. Für die Anmeldung genügt Ihr Passwort.
flash-app_turned_off = Codes aus Ihrer App werden nicht mehr verlangt. Nach dem Passwort wird bei der Anmeldung ein Passkey verlangt.
flash-passkey_added = Ihr Passkey wurde hinzugefügt. Ab jetzt können Sie sich damit anmelden. Nach Ihrem Passwort wird ein zweiter Schritt verlangt.
flash-passkey_renamed = Der Passkey hat jetzt den neuen Namen.
flash-passkey_removed = Der Passkey wurde entfernt. Er öffnet Ihr Konto nicht mehr. Alle anderen Geräte wurden abgemeldet.
flash-password_removed = Ihr Passwort wurde entfernt. Ab jetzt melden Sie sich mit einem Passkey an. Alle anderen Geräte wurden abgemeldet.
flash-recovery_codes_saved = Ab jetzt gelten Ihre neuen Wiederherstellungscodes. Die bisherigen gelten nicht mehr.
flash-recovery_codes_outdated = Diese Wiederherstellungscodes wurden zu lange angezeigt. Speichern Sie stattdessen die auf dieser Seite.
flash-too_many_codes = Zu viele falsche Codes. Bitte melden Sie sich erneut an.
flash-recovery_codes_left =
    { $count ->
        [one] Noch { $count } Wiederherstellungscode übrig
       *[other] Noch { $count } Wiederherstellungscodes übrig
    }
flash-another_account = Sie sind jetzt mit einem anderen Konto angemeldet. Deshalb wurde nichts geändert.
flash-failed_attempts =
    { $count ->
        [one] Seit Ihrer letzten Anmeldung gab es { $count } fehlgeschlagenen Versuch, sich in Ihrem Konto anzumelden.
       *[other] Seit Ihrer letzten Anmeldung gab es { $count } fehlgeschlagene Versuche, sich in Ihrem Konto anzumelden.
    }
flash-failed_attempts-or-more =
    { $count ->
        [one] Seit Ihrer letzten Anmeldung gab es mindestens { $count } fehlgeschlagenen Versuch, sich in Ihrem Konto anzumelden.
       *[other] Seit Ihrer letzten Anmeldung gab es mindestens { $count } fehlgeschlagene Versuche, sich in Ihrem Konto anzumelden.
    }
# Followed by a time
failed-attempts-first = Der erste Versuch:
failed-attempts-see = Letzte Aktivitäten ansehen
if-not-you-change-password = Falls Sie das nicht waren, ändern Sie Ihr Passwort.

## The home page

welcome = Willkommen
welcome-to = Willkommen bei { $site }
home-log-in = Ein Konto, ein Zugang. Melden Sie sich an, um fortzufahren.
home-log-in-or-sign-up = Ein Konto, ein Zugang. Melden Sie sich an, um fortzufahren, oder registrieren Sie sich, wenn Sie neu hier sind.
hello = Guten Tag, { $username }
you-are-logged-in = Sie sind angemeldet.
your-account = Ihr Konto

## The form to log in

# $days: how long
keep-me-logged-in =
    { $days ->
        [one] { $days } Tag lang angemeldet bleiben
       *[other] { $days } Tage lang angemeldet bleiben
    }
log-in-refused = Benutzername oder Passwort ist falsch
log-in-with-passkey = Mit Passkey anmelden
forgot-your-password = Passwort vergessen?
no-account-yet = Sie haben noch kein Konto? Registrieren Sie sich.

## The second step of a log-in

second-step = Geben Sie Ihren Code ein
second-step-text = Öffnen Sie Ihre Authenticator-App und geben Sie den Code ein, den sie für { $site } anzeigt.
second-step-recovery-text = Geben Sie einen der Wiederherstellungscodes ein, die Sie gespeichert haben. Jeder gilt nur einmal.
code-from-app = Code aus Ihrer App
recovery-code = Wiederherstellungscode
use-recovery-code = Wiederherstellungscode verwenden
use-app-code = Code aus der App verwenden
use-passkey = Passkey verwenden
second-step-passkey-text = Ihr Konto verlangt einen Passkey. Falls Sie ihn hier nicht haben, geben Sie einen der Wiederherstellungscodes ein, die Sie gespeichert haben. Jeder gilt nur einmal.
trust-device =
    { $days ->
        [one] Auf diesem Gerät { $days } Tag lang nicht mehr fragen
       *[other] Auf diesem Gerät { $days } Tage lang nicht mehr fragen
    }

## Where a browser keeps no cookies

no-cookies = Ihr Browser speichert keine Cookies
no-cookies-text = Sie sind nicht angemeldet. Damit Sie auf dieser Website angemeldet bleiben, ist ein Cookie nötig, und Ihr Browser hat es nicht zurückgesendet.
# Followed by the address of the site
no-cookies-address = Öffnen Sie diese Website unter der folgenden Adresse. Unter jeder anderen Adresse wird das Cookie nicht gespeichert.
no-cookies-settings = Erlauben Sie Cookies für diese Website in den Einstellungen Ihres Browsers und in allen Erweiterungen, die Cookies blockieren.
log-in-again = Erneut anmelden

## The page that asks whether to log out

log-out-question = Möchten Sie sich abmelden?
log-out-text = Bisher hat sich nichts geändert. Möglicherweise sind Sie über einen Link auf einer anderen Website hierhergelangt.

## The form to sign up

already-an-account = Sie haben bereits ein Konto? Melden Sie sich an.
sign-up-refused-closed = Die Registrierung ist geschlossen.
sign-up-refused-invitation_required = Für die Registrierung benötigen Sie eine Einladung.
sign-up-refused-invitation_expired = Diese Einladung ist abgelaufen oder wurde bereits verwendet.

## Check your mail: the address has to be verified before the first log-in

check-mail = Sehen Sie in Ihr E-Mail-Postfach
check-mail-sent = Bevor Sie sich anmelden können, müssen Sie Ihre E-Mail-Adresse bestätigen. Wir haben einen Link an { $address } gesendet.
check-mail-open = Öffnen Sie den Link und klicken Sie auf „Diese Adresse bestätigen“. Falls keine E-Mail angekommen ist, sehen Sie im Spam-Ordner nach.
check-mail-no-address = Bevor Sie sich anmelden können, benötigt Ihr Konto eine bestätigte E-Mail-Adresse. Bisher ist keine hinterlegt.
check-mail-ask = Bitten Sie den Betreiber dieser Website, eine hinzuzufügen.
send-link-again = Link erneut senden

## The form for a forgotten password

forgotten-password-text = Wenn Ihr Konto eine bestätigte E-Mail-Adresse hat, senden wir einen Link an diese Adresse. Über den Link legen Sie ein neues Passwort fest.
forgotten-password-no-mail = Falls innerhalb weniger Minuten keine E-Mail ankommt, sehen Sie im Spam-Ordner nach. Falls Ihr Konto keine bestätigte Adresse hat, wenden Sie sich an den Betreiber dieser Website.
login-error-empty = Geben Sie Ihren Benutzernamen oder Ihre E-Mail-Adresse ein
send-link = Link senden

## A link that is good no longer

link-expired = Dieser Link ist abgelaufen
link-expired-text = Dieser Link ist abgelaufen oder wurde bereits verwendet.
link-expired-send = Neuen Link senden
link-expired-ask = Bitten Sie die Person, von der Sie den Link haben, um einen neuen.

## The form to set a password by a link

new-password-for = Neues Passwort für { $username }
all-devices-logged-out = Alle Ihre Geräte werden abgemeldet.
set-password = Passwort festlegen

## Where a link to verify an address leads

verify-title = { $address } bestätigen
verify-question = Ist das Ihr Konto?
verify-text = Für das Konto „{ $username }“ wurde die Adresse { $address } angegeben.
verify-warning = Bestätigen Sie die Adresse nur, wenn das Konto Ihnen gehört. Wer das Konto erstellt hat, hat auch das Passwort gewählt.
verify-this-address = Diese Adresse bestätigen
this-was-not-me = Das war ich nicht

## Where a link to put an address back leads

undo-title = { $address } wiederherstellen
undo-heading = Ihre Adresse wiederherstellen
undo-text = Für das Konto „{ $username }“ wurde eine andere E-Mail-Adresse angegeben. Falls Sie das nicht waren, stellen Sie { $address } wieder her.
undo-effect = Alle Geräte werden abgemeldet, und Sie legen anschließend ein neues Passwort fest.
undo-button = Diese Adresse wiederherstellen

## The account page

member-since = Konto erstellt am
menu-sessions = Wo Sie angemeldet sind
menu-activity = Letzte Aktivitäten
menu-password = Passwort ändern
menu-second-factor = Bestätigung in zwei Schritten
menu-passkeys = Passkeys
menu-email = Ihre E-Mail-Adresse
menu-username = Benutzernamen ändern
menu-delete = Konto löschen

## Where the user is logged in

sessions-text = Falls Sie ein Gerät nicht kennen, melden Sie es ab und ändern Sie Ihr Passwort.
this-device = Dieses Gerät
# Followed by a network address
# Followed by a time
last-seen = Zuletzt aktiv
logged-in-since = Angemeldet am
# How somebody logged in
logged-in-by-password = Passwort
logged-in-by-password-totp = Passwort und Code
logged-in-by-password-recovery_code = Passwort und Wiederherstellungscode
logged-in-by-passkey = Passkey
logged-in-by-password-passkey = Passwort und Passkey
log-out-device = Abmelden
log-out-this-device = { $device } abmelden, zuletzt aktiv am { $time }
log-out-others = Alle anderen Geräte abmelden
known-devices = Geräte, mit denen Sie sich angemeldet haben
known-devices-text = Auch wenn Fremde zu oft ein falsches Passwort eingeben, müssen Sie auf diesen Geräten nicht warten. Das gilt selbst dann, wenn Sie sich dort abgemeldet haben. Entfernen Sie Geräte, die Sie nicht mehr verwenden.
last-log-in = Letzte Anmeldung am
first-log-in = Erste Anmeldung am
# Followed by a time
trusted-until = Hier wird kein Code verlangt bis zum
forget-device = Entfernen
forget-this-device = { $device } entfernen, letzte Anmeldung am { $time }

## Recent activity

activity-kept =
    { $days ->
        [one] Aktivitäten werden { $days } Tag lang gespeichert.
       *[other] Aktivitäten werden { $days } Tage lang gespeichert.
    }
activity-not-you = Falls etwas davon nicht von Ihnen stammt, ändern Sie Ihr Passwort.
activity-none = Es gibt keine weiteren Einträge.
activity-older = Ältere
activity-by-operator = Durch den Betreiber dieser Website
event-logged_in = Angemeldet
event-log_in_failed = Fehlgeschlagener Anmeldeversuch
event-log_in_failed-in-a-row =
    { $count ->
        [one] { $count } fehlgeschlagener Anmeldeversuch
       *[other] { $count } fehlgeschlagene Anmeldeversuche
    }
activity-addresses =
    { $count ->
        [one] Von { $count } IP-Adresse
       *[other] Von { $count } IP-Adressen
    }
# Followed by a time
activity-last-attempt = Letzter Versuch am
activity-first-attempt = Erster Versuch am
activity-show-attempts = Versuche anzeigen
activity-more-attempts =
    { $count ->
        [one] Und { $count } weiterer
       *[other] Und { $count } weitere
    }
event-reauthentication_failed = Falsches Passwort oder falscher Passkey bei bestehender Anmeldung
event-logged_out = Abgemeldet
event-session_ended = Ein Gerät wurde abgemeldet
event-sessions_ended = Alle anderen Geräte wurden abgemeldet
event-password_changed = Passwort geändert
event-username_changed = Benutzername geändert
event-device_forgotten = Ein Gerät wurde aus der Liste entfernt
event-reset_link_made = Einmal-Link erstellt
event-password_reset = Passwort über einen Einmal-Link festgelegt
event-account_created = Konto erstellt
event-account_imported = Konto aus einem anderen System übernommen
event-password_imported = Passwort aus einem anderen System übernommen
event-account_closed = Konto gesperrt
event-account_deleted = Konto gelöscht
event-account_deleted_by_operator = Konto gelöscht
event-account_reopened = Konto wieder freigegeben
event-sessions_ended_by_operator = Alle Geräte wurden abgemeldet
event-username_changed_by_operator = Benutzername geändert
event-waits_forgiven = Wartezeiten nach fehlgeschlagenen Versuchen aufgehoben
event-reset_requested = Link zum Festlegen eines neuen Passworts per E-Mail gesendet
event-email_given = E-Mail-Adresse angegeben
event-verification_requested = Link zum Bestätigen der E-Mail-Adresse erneut angefordert
event-email_verified = E-Mail-Adresse bestätigt
event-email_rejected = E-Mail-Adresse entfernt durch die Person, die dort E-Mails empfängt
event-email_undone = Frühere E-Mail-Adresse über einen Link wiederhergestellt
event-email_set_by_operator = E-Mail-Adresse festgelegt
event-throttled = Zu viele Versuche; einige wurden abgewiesen
event-second_factor_turned_on = Bestätigung in zwei Schritten eingeschaltet
event-second_factor_replaced = Andere Authenticator-App eingerichtet
event-second_factor_turned_off = Bestätigung in zwei Schritten ausgeschaltet
event-second_factor_removed = Bestätigung in zwei Schritten entfernt
event-recovery_codes_made = Neue Wiederherstellungscodes erstellt
event-recovery_code_used = Wiederherstellungscode verwendet
event-second_step_failed = Richtiges Passwort, falscher Code oder Passkey
event-second_step_guessed = Drei falsche Codes nach dem richtigen Passwort
event-second_step_throttled = Zu viele falsche Codes; einige wurden abgewiesen
event-passkey_added = Passkey hinzugefügt
event-passkey_renamed = Passkey umbenannt
event-passkey_removed = Passkey entfernt
event-passkey_refused = Passkey abgewiesen, weil er kopiert worden sein könnte
event-password_removed = Passwort entfernt

## Devices. Names of browsers and systems are the same in every language

device = { $browser } unter { $system }
unknown-device = Unbekanntes Gerät
an-app = Eine App

## The form to change the password

password-change-effect = Alle Ihre anderen Geräte werden abgemeldet.
change-password = Passwort ändern
no-password = Ihr Konto hat kein Passwort. Sie melden sich mit einem Passkey an.
no-password-nor-passkey = Ihr Konto hat kein Passwort.
set-password-by-link = Link zum Festlegen eines Passworts anfordern
set-password-ask = Wenn Sie ein Passwort möchten, bitten Sie den Betreiber dieser Website um einen Link zum Festlegen.

## Two-step verification: what is set up

second-factor-text = Mit der Bestätigung in zwei Schritten geben Sie bei der Anmeldung außer Ihrem Passwort auch einen Code aus einer App auf Ihrem Telefon ein. Wer nur Ihr Passwort kennt, kann sich damit nicht anmelden.
second-factor-is-off = Die Bestätigung in zwei Schritten ist ausgeschaltet.
authenticator-app = Authenticator-App
# Followed by a time
app-set-up-on = Eingerichtet am
recovery-codes = Wiederherstellungscodes
few-recovery-codes =
    { $count ->
        [0] Sie haben keine Wiederherstellungscodes mehr.
        [one] Sie haben nur noch { $count } Wiederherstellungscode.
       *[other] Sie haben nur noch { $count } Wiederherstellungscodes.
    }
make-recovery-codes = Neue Wiederherstellungscodes erstellen
set-up-app = App einrichten
set-up-another-app = Andere App einrichten
turn-off-heading = Bestätigung in zwei Schritten ausschalten
turn-off-text = Danach genügt für die Anmeldung Ihr Passwort. Ihre Wiederherstellungscodes werden gelöscht.
code-or-recovery-code = Code aus Ihrer App oder ein Wiederherstellungscode
turn-off = Ausschalten
second-factor-by-passkey = Nach dem Passwort wird bei der Anmeldung einer Ihrer Passkeys verlangt.
second-factor-or-passkey = Noch besser schützt ein Passkey Ihr Konto, und Sie brauchen keinen Code einzugeben.
see-passkeys = Ihre Passkeys ansehen
turn-off-app-heading = Authenticator-App ausschalten
turn-off-app-text = Nach dem Passwort wird bei der Anmeldung dann ein Passkey verlangt. Ihre Wiederherstellungscodes bleiben, wie sie sind.

## Passkeys

passkeys-text = Mit einem Passkey melden Sie sich per Fingerabdruck, Gesicht oder Geräte-PIN an. Er funktioniert nur auf dieser Website, sodass ihn Ihnen niemand durch Täuschung entlocken kann.
passkeys-none = Sie haben noch keine Passkeys.
passkey-backup-synced = synchronisiert
passkey-backup-eligible = noch nicht synchronisiert
passkey-backup-this_device_only = nur auf diesem Gerät
# Followed by a time
passkey-added = Hinzugefügt am
passkey-last-used = Zuletzt verwendet am
passkey-never-used = Noch nicht verwendet
passkey-rename = Umbenennen
passkey-rename-this = Umbenennen: { $name }
passkey-name = Name
passkey-name-optional = Name (optional)
passkey-save-name = Namen speichern
passkey-remove = Entfernen
passkey-remove-this = Entfernen: { $name }
add-passkey = Passkey hinzufügen
add-passkey-text = Ihr Browser fragt, wo er gespeichert werden soll: auf diesem Gerät, auf einem Telefon oder auf einem Sicherheitsschlüssel.
passkeys-need-script = Um einen Passkey hinzuzufügen, brauchen Sie einen Browser, der Passkeys unterstützt und in dem JavaScript eingeschaltet ist.
passkeys-problem-last_way_in = Dieser Passkey ist Ihre einzige Möglichkeit, sich anzumelden. Fügen Sie zuerst einen weiteren hinzu oder legen Sie ein Passwort fest.
passkeys-problem-password_needed = Ihr Passwort bleibt vorerst bestehen. Bevor Sie es entfernen können, brauchen Sie zwei Passkeys oder einen Passkey und einen Wiederherstellungscode.
remove-password-heading = Passwort entfernen
remove-password-text = Danach ist die Anmeldung nur noch mit einem Passkey möglich, und mit einem gestohlenen Passwort kann niemand etwas anfangen. Über einen Link können Sie später wieder ein Passwort festlegen.
remove-my-password = Mein Passwort entfernen
passkey-error-failed = Das hat nicht funktioniert. Laden Sie die Seite neu und versuchen Sie es noch einmal.
passkey-error-not_allowed = Das hat nicht funktioniert. Entweder wurde es abgebrochen, oder es hat zu lange gedauert, oder es fehlt eine PIN, ein Fingerabdruck oder eine Gesichtserkennung, die noch nicht eingerichtet ist.
passkey-error-other_site = Unter dieser Adresse funktionieren Passkeys nicht. Öffnen Sie diese Website unter ihrer üblichen Adresse und versuchen Sie es noch einmal.
passkey-error-network = Diese Website ist nicht erreichbar. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.
passkey-error-expired = Das hat zu lange gedauert. Bitte versuchen Sie es noch einmal.
passkey-error-unknown = Diese Website kennt den Passkey nicht. Vielleicht wurde er aus dem Konto entfernt. Verwenden Sie einen anderen oder melden Sie sich auf anderem Weg an.
passkey-error-refused = Dieser Passkey ist nicht der richtige. Verwenden Sie einen anderen.
passkey-error-counter_went_back = Dieser Passkey wurde abgewiesen, weil es eine Kopie davon geben könnte. Melden Sie sich auf anderem Weg an, entfernen Sie ihn aus Ihrem Konto und fügen Sie einen neuen hinzu.
passkey-error-backup_changed = Dieser Passkey wurde abgewiesen, weil er jetzt synchronisiert werden kann und es beim Hinzufügen nicht konnte, oder umgekehrt. Melden Sie sich auf anderem Weg an, entfernen Sie ihn aus Ihrem Konto und fügen Sie ihn neu hinzu.
passkey-error-not_verified = Dieser Passkey hat nicht geprüft, ob Sie es sind. Richten Sie dafür eine PIN, einen Fingerabdruck oder die Gesichtserkennung ein und versuchen Sie es noch einmal.
passkey-error-already_added = Dieses Gerät oder dieser Sicherheitsschlüssel hat bereits einen Passkey für Ihr Konto.
passkey-error-too_many = Ihr Konto hat so viele Passkeys, wie es haben kann. Entfernen Sie einen, um einen anderen hinzuzufügen.
passkey-error-throttled = Es wurden zu viele Codes ausprobiert. Warten Sie einige Minuten und versuchen Sie es noch einmal.
passkey-error-name_empty = Geben Sie einen Namen ein
passkey-error-name_too_long = Dieser Name ist zu lang. Er kann höchstens 60 Zeichen haben.
passkey-error-name_bad_character = Steuerzeichen sind in einem Namen nicht erlaubt. Verwenden Sie Buchstaben, Ziffern, Leerzeichen und Sonderzeichen.

## Two-step verification: the set-up of an app

totp-title = Authenticator-App einrichten
totp-required = Auf dieser Website ist die Bestätigung in zwei Schritten für alle vorgeschrieben. Richten Sie sie ein, um fortzufahren.
totp-scan = Scannen Sie diesen QR-Code mit einer Authenticator-App auf Ihrem Telefon.
totp-qr-code = QR-Code für Ihre Authenticator-App
totp-key = Falls Sie ihn nicht scannen können, geben Sie diesen Schlüssel in der App ein:
totp-open = Authenticator-App auf diesem Gerät öffnen
totp-replaces = Die Codes Ihrer bisherigen App gelten dann nicht mehr. Ihre Wiederherstellungscodes bleiben gültig.
code-of-present-app = Code aus Ihrer bisherigen App oder ein Wiederherstellungscode
code-of-new-app = Code aus der neuen App
turn-on = Einschalten
add-passkey-instead = Stattdessen einen Passkey hinzufügen
set-up-app-instead = Stattdessen eine Authenticator-App einrichten

## Two-step verification: recovery codes, shown once

recovery-codes-title = Speichern Sie Ihre Wiederherstellungscodes
recovery-codes-text = Mit einem dieser Codes können Sie sich anmelden, wenn Sie Ihre App oder Ihren Passkey nicht zur Hand haben. Jeder gilt nur einmal. Bewahren Sie die Codes so auf, dass niemand sonst sie lesen kann, und nicht nur auf Ihrem Telefon.
recovery-codes-replace = Sie ersetzen Ihre bisherigen Codes, sobald Sie auf „Ich habe sie gespeichert“ klicken.
recovery-codes-file = Wiederherstellungscodes von { $username } bei { $site }. Jeder gilt nur einmal.
download = Herunterladen
copy = Kopieren
copied = Kopiert
print = Drucken
have-saved-codes = Ich habe sie gespeichert

## The form to change the username

username-change-text = Danach melden Sie sich mit dem neuen Namen an und nicht mehr mit dem alten.
# Of the old name
old-name-reserved =
    { $days ->
        [one] Der alte Name bleibt { $days } Tag lang für Sie reserviert. So lange können Sie zu ihm zurückkehren.
       *[other] Der alte Name bleibt { $days } Tage lang für Sie reserviert. So lange können Sie zu ihm zurückkehren.
    }
old-name-free = Den alten Namen kann sofort jemand anderes übernehmen.
change-username = Benutzernamen ändern

## The account's e-mail address

email-purpose = Mit einer bestätigten Adresse können Sie ein neues Passwort festlegen, wenn Sie Ihres vergessen haben, und wir benachrichtigen Sie, wenn in Ihrem Konto etwas geschieht.
email-verified = Bestätigt
email-not-verified = Noch nicht bestätigt
email-sent = Öffnen Sie den Link in der E-Mail an { $address }, um die Adresse zu bestätigen. Falls sie nicht angekommen ist, sehen Sie im Spam-Ordner nach oder lassen Sie den Link erneut senden.
email-another = Andere E-Mail-Adresse
email-change-effect = Wir senden sofort eine Nachricht an { $address }. Diese Adresse bleibt gültig, bis die andere bestätigt ist.
change-address = Adresse ändern
add-address = Adresse hinzufügen

## The form to delete the account

delete-warning = Das kann nicht rückgängig gemacht werden. Sofort gelöscht werden:
delete-account = Ihr Konto und das zugehörige Passwort
delete-account-of = Ihr Konto { $username } und das zugehörige Passwort
delete-sessions = die Anmeldungen auf allen Geräten
delete-activity = Ihre letzten Aktivitäten
delete-name-reserved =
    { $days ->
        [one] Mit Ihrem Benutzernamen kann sich { $days } Tag lang niemand registrieren, auch Sie selbst nicht. Danach ist er für alle frei.
       *[other] Mit Ihrem Benutzernamen kann sich { $days } Tage lang niemand registrieren, auch Sie selbst nicht. Danach ist er für alle frei.
    }
delete-name-free = Mit Ihrem Benutzernamen kann sich sofort jemand anderes registrieren.
delete-my-account = Mein Konto löschen

## The form that asks for the password again

reauthentication-title = Bestätigen Sie Ihr Passwort
reauthentication-text = Ihre Anmeldung liegt schon einige Zeit zurück. Bitte geben Sie Ihr Passwort erneut ein, um fortzufahren.
go-on = Weiter
confirm-identity = Bestätigen Sie, dass Sie es sind
reauthentication-passkey-text = Ihre Anmeldung liegt schon einige Zeit zurück. Bitte bestätigen Sie, dass Sie es sind, um fortzufahren.
passkey-needs-script = Ein Passkey funktioniert nur in einem Browser, der Passkeys unterstützt und in dem JavaScript eingeschaltet ist. Schalten Sie es ein oder verwenden Sie einen anderen Browser.

## Error pages, by their status

error-number = Fehler { $status }
error-quote = Falls Sie diesen Fehler melden, geben Sie bitte an:
# Followed by the address of the site
error-site-at = Diese Website hat die folgende Adresse. Falls Ihr Browser eine andere anzeigt, öffnen Sie diese.
go-to-home = Zur Startseite
error-title-400 = Diese Anfrage ist nicht lesbar
error-text-400 = Ihr Browser hat etwas gesendet, das diese Website nicht lesen konnte. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
error-title-403 = Das ist nicht erlaubt
error-text-403 = Zu Ihrer Sicherheit wurde nichts geändert: Die Anfrage kam von einer anderen Website oder war nicht für Sie bestimmt. Falls Sie es selbst waren, beginnen Sie noch einmal auf der Startseite.
error-title-404 = Seite nicht gefunden
error-text-404 = Unter dieser Adresse gibt es nichts. Falls Sie sie eingetippt haben, prüfen Sie die Schreibweise; falls Sie einem Link gefolgt sind, ist er vielleicht veraltet.
error-title-405 = Das funktioniert hier nicht
error-text-405 = Diese Adresse gibt es, aber was an sie gesendet wurde, gehört an eine andere Stelle. Beginnen Sie noch einmal auf der Startseite.
error-title-413 = Das ist zu viel auf einmal
error-text-413 = Es wurde mehr gesendet, als diese Website annimmt. Kürzen Sie Ihre Eingabe und versuchen Sie es noch einmal.
error-title-415 = Dieses Format wird nicht angenommen
error-text-415 = Diese Adresse nimmt nur an, was ihr eigenes Formular sendet. Gehen Sie zurück zum Formular und versuchen Sie es noch einmal.
error-title-422 = Dieses Formular kann nicht verwendet werden
error-text-422 = Im Formular hat etwas gefehlt oder war doppelt vorhanden. Gehen Sie zurück, laden Sie die Seite neu und füllen Sie das Formular noch einmal aus.
error-title-429 = Zu viele Versuche
error-text-429 = Zum Schutz der Konten ist die Zahl der Versuche begrenzt. Warten Sie einige Minuten und versuchen Sie es noch einmal.
error-title-500 = Etwas ist schiefgegangen
error-text-500 = Der Fehler liegt bei uns, nicht bei Ihnen. Warten Sie eine Minute und versuchen Sie es noch einmal.
error-title-503 = Zurzeit überlastet
error-text-503 = Diese Website kann gerade nicht alle Anfragen bearbeiten. Warten Sie eine Minute und versuchen Sie es noch einmal.
error-title-other = Das hat nicht funktioniert
error-text-other = Diese Website konnte die Anfrage nicht ausführen. Gehen Sie zurück und versuchen Sie es noch einmal oder beginnen Sie neu auf der Startseite.

## Mails: plain text, one paragraph a message, wrapped by the program

mail-hello = Guten Tag!
mail-hello-you = Guten Tag, { $username }!
mail-from = Ausgelöst von: { $device }
mail-from-address = Ausgelöst von: { $device }, IP-Adresse { $address }
mail-not-you = Falls Sie das nicht waren, hat vielleicht jemand anderes Zugriff auf Ihr Konto. Öffnen Sie { $url } in Ihrem Browser, melden Sie sich an, ändern Sie Ihr Passwort und prüfen Sie „Wo Sie angemeldet sind“ und „Letzte Aktivitäten“. Falls Sie sich nicht anmelden können, nutzen Sie „Passwort vergessen?“ auf der Anmeldeseite.
mail-not-your-passkey = Falls Sie das nicht waren, hat vielleicht jemand anderes Zugriff auf Ihr Konto. Öffnen Sie { $url } in Ihrem Browser, melden Sie sich an, entfernen Sie jeden Passkey, der nicht Ihnen gehört, ändern Sie Ihr Passwort und prüfen Sie „Wo Sie angemeldet sind“ und „Letzte Aktivitäten“. Falls Sie sich nicht anmelden können, nutzen Sie „Passwort vergessen?“ auf der Anmeldeseite.
mail-ask-operator = Falls Sie den Grund nicht kennen, wenden Sie sich an den Betreiber der Website.
mail-footer = Diese E-Mail wurde automatisch versendet. Wir fragen Sie niemals per E-Mail nach Ihrem Passwort.
mail-link-once-second =
    { $count ->
        [one] Der Link funktioniert nur einmal und ist { $count } Sekunde lang gültig.
       *[other] Der Link funktioniert nur einmal und ist { $count } Sekunden lang gültig.
    }
mail-link-once-minute =
    { $count ->
        [one] Der Link funktioniert nur einmal und ist { $count } Minute lang gültig.
       *[other] Der Link funktioniert nur einmal und ist { $count } Minuten lang gültig.
    }
mail-link-once-hour =
    { $count ->
        [one] Der Link funktioniert nur einmal und ist { $count } Stunde lang gültig.
       *[other] Der Link funktioniert nur einmal und ist { $count } Stunden lang gültig.
    }

mail-verify_email-subject = Bestätigen Sie Ihre E-Mail-Adresse für { $site }
mail-verify_email-text = Jemand hat diese E-Mail-Adresse für das Konto „{ $username }“ bei { $site } angegeben. Falls Sie das waren, öffnen Sie die folgende Seite und bestätigen Sie die Adresse:
mail-verify_email-pages = Wenn Sie die Seite nur öffnen, ändert sich nichts. Erst wenn Sie auf eine der Schaltflächen klicken, geschieht etwas.
mail-verify_email-not-you = Falls Sie das nicht waren, öffnen Sie die Seite und klicken Sie auf „Das war ich nicht“. Dann entfernen wir die Adresse aus diesem Konto. Wenn Sie nichts tun, geschieht nichts.

mail-reset_password-subject = Legen Sie ein neues Passwort für { $site } fest
mail-reset_password-text = Jemand hat einen Link angefordert, um ein neues Passwort für Ihr Konto „{ $username }“ bei { $site } festzulegen. Falls Sie das waren, öffnen Sie die folgende Seite:
mail-reset_password-unchanged = Ihr Passwort bleibt unverändert, bis Sie dort ein neues festlegen.
mail-reset_password-not-you = Falls Sie das nicht waren, müssen Sie nichts tun: Nur wer Ihre E-Mails lesen kann, kann den Link verwenden. Geben Sie ihn nicht weiter.

mail-account_exists-subject = Sie haben bereits ein Konto: { $username }
mail-account_exists-text = Jemand hat soeben diese E-Mail-Adresse für ein Konto bei { $site } angegeben. Sie haben bereits ein Konto: { $username }
mail-account_exists-you = Falls Sie das waren, melden Sie sich mit Ihrem bestehenden Konto an. Falls Sie das Passwort dafür vergessen haben, nutzen Sie „Passwort vergessen?“ auf der Anmeldeseite. Falls Sie das nicht waren, müssen Sie nichts tun: Die Adresse bleibt Ihre, und niemand hat erfahren, dass Sie ein Konto haben.

mail-undo_email-subject = Die E-Mail-Adresse Ihres Kontos wird geändert
mail-undo_email-text = Für Ihr Konto „{ $username }“ bei { $site } wurde am { $time } eine andere E-Mail-Adresse angegeben. Wir schreiben an diese Adresse, weil sie die Adresse des Kontos ist oder war.
mail-undo_email-not-you = Falls Sie das waren, müssen Sie nichts tun. Falls nicht, öffnen Sie die folgende Seite. Dort stellen Sie diese Adresse wieder her, melden alle Geräte ab und legen ein neues Passwort fest:
mail-undo_email-good-for-second =
    { $count ->
        [one] Der Link ist { $count } Sekunde lang gültig, auch wenn jemand Ihr Passwort geändert hat.
       *[other] Der Link ist { $count } Sekunden lang gültig, auch wenn jemand Ihr Passwort geändert hat.
    }
mail-undo_email-good-for-minute =
    { $count ->
        [one] Der Link ist { $count } Minute lang gültig, auch wenn jemand Ihr Passwort geändert hat.
       *[other] Der Link ist { $count } Minuten lang gültig, auch wenn jemand Ihr Passwort geändert hat.
    }
mail-undo_email-good-for-hour =
    { $count ->
        [one] Der Link ist { $count } Stunde lang gültig, auch wenn jemand Ihr Passwort geändert hat.
       *[other] Der Link ist { $count } Stunden lang gültig, auch wenn jemand Ihr Passwort geändert hat.
    }

mail-logged_in-subject = Jemand hat sich mit einem neuen Gerät in Ihrem Konto angemeldet
mail-logged_in-text = Jemand hat sich am { $time } in Ihrem Konto „{ $username }“ bei { $site } mit einem Gerät angemeldet, das bisher nicht verwendet wurde.

mail-password_changed-subject = Ihr Passwort wurde geändert
mail-password_changed-text = Das Passwort Ihres Kontos „{ $username }“ bei { $site } wurde am { $time } geändert. Alle anderen Geräte wurden abgemeldet.

mail-password_reset-subject = Ihr Passwort wurde über einen Link festgelegt
mail-password_reset-text = Das Passwort Ihres Kontos „{ $username }“ bei { $site } wurde am { $time } über einen Einmal-Link festgelegt. Alle Geräte wurden abgemeldet.

mail-username_changed-subject = Ihr Benutzername wurde geändert
mail-username_changed-text = Der Benutzername Ihres Kontos bei { $site } wurde am { $time } geändert. Er lautet jetzt „{ $username }“.
mail-username_changed_by_operator-subject = Ihr Benutzername wurde geändert
mail-username_changed_by_operator-text = Der Betreiber von { $site } hat am { $time } den Benutzernamen Ihres Kontos geändert. Er lautet jetzt „{ $username }“. Ihr Passwort ist gleich geblieben.

mail-email_set_by_operator-subject = Die E-Mail-Adresse Ihres Kontos wurde festgelegt
mail-email_set_by_operator-text = Der Betreiber von { $site } hat am { $time } für Ihr Konto „{ $username }“ eine andere E-Mail-Adresse festgelegt. Diese E-Mail geht an die bisherige Adresse des Kontos.

mail-account_closed-subject = Ihr Konto wurde gesperrt
mail-account_closed-text = Der Betreiber von { $site } hat am { $time } Ihr Konto „{ $username }“ gesperrt. Niemand kann sich darin anmelden, und alle Geräte wurden abgemeldet.
mail-account_reopened-subject = Ihr Konto wurde wieder freigegeben
mail-account_reopened-text = Der Betreiber von { $site } hat am { $time } Ihr Konto „{ $username }“ wieder freigegeben. Sie können sich mit Ihrem bisherigen Passwort wieder anmelden.
mail-account_deleted-subject = Ihr Konto wurde gelöscht
mail-account_deleted-text = Ihr Konto „{ $username }“ bei { $site } wurde am { $time } mit allen Daten gelöscht. Dies ist die letzte E-Mail dazu.
mail-account_deleted-not-you = Falls Sie das nicht waren, wenden Sie sich an den Betreiber der Website.
mail-account_deleted_by_operator-subject = Ihr Konto wurde gelöscht
mail-account_deleted_by_operator-text = Der Betreiber von { $site } hat am { $time } Ihr Konto „{ $username }“ mit allen Daten gelöscht. Dies ist die letzte E-Mail dazu.

mail-second_factor_turned_on-subject = Die Bestätigung in zwei Schritten wurde eingeschaltet
mail-second_factor_turned_on-text = Für Ihr Konto „{ $username }“ bei { $site } wurde am { $time } die Bestätigung in zwei Schritten eingeschaltet. Ab jetzt wird bei der Anmeldung auch ein Code aus einer App verlangt.
mail-second_factor_replaced-subject = Eine andere Authenticator-App wurde eingerichtet
mail-second_factor_replaced-text = Für Ihr Konto „{ $username }“ bei { $site } wurde am { $time } eine andere Authenticator-App eingerichtet. Die Codes der bisherigen App gelten nicht mehr.
mail-second_factor_turned_off-subject = Die Bestätigung in zwei Schritten wurde ausgeschaltet
mail-second_factor_turned_off-text = Für Ihr Konto „{ $username }“ bei { $site } wurde am { $time } die Bestätigung in zwei Schritten ausgeschaltet. Bei der Anmeldung wird kein Code aus einer App mehr verlangt.
mail-second_factor_removed-subject = Die Bestätigung in zwei Schritten wurde entfernt
mail-second_factor_removed-text = Der Betreiber von { $site } hat am { $time } die Bestätigung in zwei Schritten von Ihrem Konto „{ $username }“ entfernt. Für die Anmeldung genügt jetzt das Passwort.
mail-recovery_codes_made-subject = Neue Wiederherstellungscodes wurden erstellt
mail-recovery_codes_made-text = Für Ihr Konto „{ $username }“ bei { $site } wurden am { $time } neue Wiederherstellungscodes erstellt. Die bisherigen gelten nicht mehr.
mail-recovery_code_used-subject = Ein Wiederherstellungscode wurde verwendet
mail-recovery_code_used-text = Jemand hat sich am { $time } mit dem Passwort und einem Wiederherstellungscode in Ihrem Konto „{ $username }“ bei { $site } angemeldet. Dieser Code gilt nicht noch einmal.
mail-second_step_guessed-subject = Falsche Codes bei Ihrem Konto
mail-second_step_guessed-text = Jemand hat das richtige Passwort Ihres Kontos „{ $username }“ bei { $site } eingegeben und danach drei falsche Codes, zuletzt am { $time }. Niemand wurde angemeldet.
mail-second_step_throttled-subject = Zu viele falsche Codes bei Ihrem Konto
mail-second_step_throttled-text = Jemand hat das richtige Passwort Ihres Kontos „{ $username }“ bei { $site } eingegeben und danach zu viele falsche Codes, zuletzt am { $time }. Niemand wurde angemeldet. Einige Minuten lang werden keine weiteren Codes angenommen.
mail-second_step_throttled-not-you = Falls Sie das nicht waren, kennt jemand Ihr Passwort. Öffnen Sie { $url } in Ihrem Browser, nutzen Sie „Passwort vergessen?“ auf der Anmeldeseite und wählen Sie ein Passwort, das Sie nirgendwo sonst verwenden.

mail-passkey_added-subject = Ihrem Konto wurde ein Passkey hinzugefügt
mail-passkey_added-text = Ihrem Konto „{ $username }“ bei { $site } wurde am { $time } ein Passkey hinzugefügt. Mit ihm ist die Anmeldung ohne Passwort möglich.
mail-passkey_renamed-subject = Ein Passkey Ihres Kontos wurde umbenannt
mail-passkey_renamed-text = Ein Passkey Ihres Kontos „{ $username }“ bei { $site } hat am { $time } einen anderen Namen bekommen.
mail-passkey_removed-subject = Ein Passkey wurde aus Ihrem Konto entfernt
mail-passkey_removed-text = Ein Passkey Ihres Kontos „{ $username }“ bei { $site } wurde am { $time } entfernt. Mit ihm ist keine Anmeldung mehr möglich.
mail-passkey_refused-subject = Ein Passkey Ihres Kontos wurde abgewiesen
mail-passkey_refused-text = Jemand hat am { $time } versucht, einen Passkey Ihres Kontos „{ $username }“ bei { $site } zu verwenden. Er wurde abgewiesen, weil er eine Kopie sein könnte. Niemand wurde eingelassen. Falls Sie es waren, melden Sie sich auf anderem Weg an, entfernen Sie den Passkey und fügen Sie ihn neu hinzu.
mail-password_removed-subject = Ihr Passwort wurde entfernt
mail-password_removed-text = Das Passwort Ihres Kontos „{ $username }“ bei { $site } wurde am { $time } entfernt. Ab jetzt ist die Anmeldung nur mit einem Passkey möglich.

### French. en.ftl has the explanations.

## What the language is called in its own words, for the list at the foot of each page.

language-name = Français

## Around every page

error-prefix = Erreur :
skip-to-content = Aller au contenu
main-navigation = Navigation principale
account = Compte
log-in = Se connecter
sign-up = Créer un compte
log-out = Se déconnecter
look-at-address-bar = { $site }. Vérifiez la barre d’adresse avant de saisir un mot de passe.
there-is-a-problem = Un problème est survenu
language = Langue
change-language = Changer de langue
back-to-account = Retour à votre compte
back-to-log-in = Retour à la page de connexion
back-to-home = Retour à la page d’accueil

## Times, in UTC. $month is a number from 1 to 12, $time is 22:40

moment =
    { $day ->
        [1]
            { $month ->
                [1] 1er janvier { $year } à { $time } UTC
                [2] 1er février { $year } à { $time } UTC
                [3] 1er mars { $year } à { $time } UTC
                [4] 1er avril { $year } à { $time } UTC
                [5] 1er mai { $year } à { $time } UTC
                [6] 1er juin { $year } à { $time } UTC
                [7] 1er juillet { $year } à { $time } UTC
                [8] 1er août { $year } à { $time } UTC
                [9] 1er septembre { $year } à { $time } UTC
                [10] 1er octobre { $year } à { $time } UTC
                [11] 1er novembre { $year } à { $time } UTC
               *[12] 1er décembre { $year } à { $time } UTC
            }
       *[other]
            { $month ->
                [1] { $day } janvier { $year } à { $time } UTC
                [2] { $day } février { $year } à { $time } UTC
                [3] { $day } mars { $year } à { $time } UTC
                [4] { $day } avril { $year } à { $time } UTC
                [5] { $day } mai { $year } à { $time } UTC
                [6] { $day } juin { $year } à { $time } UTC
                [7] { $day } juillet { $year } à { $time } UTC
                [8] { $day } août { $year } à { $time } UTC
                [9] { $day } septembre { $year } à { $time } UTC
                [10] { $day } octobre { $year } à { $time } UTC
                [11] { $day } novembre { $year } à { $time } UTC
               *[12] { $day } décembre { $year } à { $time } UTC
            }
    }
moment-short = { $day }/{ $month }/{ $year } à { $time } UTC

## How long to wait after too many attempts, rounded up

wait-second =
    { $count ->
        [one] Trop de tentatives. Réessayez dans { $count } seconde.
       *[other] Trop de tentatives. Réessayez dans { $count } secondes.
    }
wait-minute =
    { $count ->
        [one] Trop de tentatives. Réessayez dans { $count } minute.
       *[other] Trop de tentatives. Réessayez dans { $count } minutes.
    }
wait-hour =
    { $count ->
        [one] Trop de tentatives. Réessayez dans { $count } heure.
       *[other] Trop de tentatives. Réessayez dans { $count } heures.
    }

## Fields that several forms have

username = Nom d’utilisateur
username-or-email = Nom d’utilisateur ou adresse e-mail
username-hint = Lettres, chiffres et . + - _
username-hint-with-address = Lettres, chiffres et @ . + - _ ; une adresse e-mail convient aussi.
password = Mot de passe
current-password = Mot de passe actuel
new-password = Nouveau mot de passe
new-password-hint =
    { $min ->
        [one] Au moins { $min } caractère. Quelques mots choisis au hasard conviennent bien.
       *[other] Au moins { $min } caractères. Quelques mots choisis au hasard conviennent bien.
    }
email = Adresse e-mail
email-optional = Adresse e-mail (facultatif)
email-hint = Nous envoyons un lien à cette adresse. Ouvrez-le pour confirmer l’adresse.
show-password = Afficher
show-password-label = Afficher le mot de passe
hide-password = Masquer
hide-password-label = Masquer le mot de passe

## What is wrong with a username

username-error-empty = Saisissez un nom d’utilisateur
username-error-taken = Ce nom d’utilisateur est déjà pris.
username-error-not_own_address = Ce nom d’utilisateur est une adresse e-mail. Choisissez un nom sans @, ou utilisez l’adresse e-mail de ce compte.
username-error-official = Ce nom d’utilisateur est réservé à ce site, afin que personne ne puisse se faire passer pour lui. Choisissez-en un autre.
username-error-too_long = Ce nom d’utilisateur est trop long. Utilisez de 1 à 64 caractères : lettres (a–z, A–Z), chiffres et @ . + - _, en commençant par une lettre ou un chiffre.
username-error-bad_start = Ce nom d’utilisateur ne commence pas par une lettre ou un chiffre. Utilisez de 1 à 64 caractères : lettres (a–z, A–Z), chiffres et @ . + - _, en commençant par une lettre ou un chiffre.
username-error-bad_character = Ce nom d’utilisateur contient un caractère non autorisé. Utilisez de 1 à 64 caractères : lettres (a–z, A–Z), chiffres et @ . + - _, en commençant par une lettre ou un chiffre.

## What is wrong with a new password

password-error-empty = Saisissez un mot de passe
password-error-too_short =
    { $min ->
        [one] Ce mot de passe est trop court. Utilisez au moins { $min } caractère.
       *[other] Ce mot de passe est trop court. Utilisez au moins { $min } caractères.
    }
password-error-too_long = Ce mot de passe est trop long. Il est limité à 1 024 octets : 1 024 caractères simples, ou moins s’il contient des accents ou des emojis.
password-error-bad_character = Les caractères de contrôle ne sont pas autorisés dans un mot de passe. Utilisez des lettres, des chiffres, des espaces et des symboles.
password-error-too_guessable-listed = Ce mot de passe a été divulgué lors d’une fuite de données et fait partie des premiers que les pirates essaient. Choisissez-en un que vous n’utilisez nulle part ailleurs.
password-error-too_guessable-phrase = C’est une expression bien connue. Utilisez quelques mots que personne n’a encore associés.
password-error-too_guessable-context = Ce mot de passe reprend surtout votre nom d’utilisateur ou un nom de ce site. Utilisez des mots sans rapport avec eux.
password-error-too_guessable-common_words = Ce mot de passe est surtout composé de mots présents dans beaucoup de mots de passe. Utilisez des mots plus rares, trois au minimum.
password-error-too_guessable-keyboard_pattern = Les touches voisines et les suites de chiffres ou de lettres sont faciles à deviner. Utilisez quelques mots choisis au hasard.
password-error-too_guessable-repetition = Évitez de répéter des mots ou des caractères : cela allonge le mot de passe sans le rendre plus difficile à deviner. Utilisez des mots différents.
password-error-too_guessable-date = Les dates et les années sont faciles à deviner. Utilisez quelques mots choisis au hasard.
password-error-too_guessable-common_password = Beaucoup de personnes utilisent ce mot de passe ou un mot de passe très proche. Ajoutez quelques mots sans rapport avec lui.
password-error-too_guessable-name = Les noms de personnes sont faciles à deviner. Ajoutez quelques mots sans rapport avec eux.
password-error-too_guessable-single_word = Un mot seul est facile à deviner. Utilisez quelques mots sans rapport entre eux.
password-error-too_guessable-few_guesses = Ce mot de passe est trop facile à deviner. Utilisez quelques mots sans rapport entre eux.

## What is wrong with the password that is asked for again

reauthentication-error-wrong = Ce n’est pas votre mot de passe.

## What is wrong with an e-mail address

email-error-empty = Saisissez votre adresse e-mail
email-error-too_long = Cette adresse e-mail est trop longue.
email-error-bad_format = Ce n’est pas une adresse e-mail du type nom@example.org. Elle peut contenir des lettres sans accent, des chiffres et quelques symboles.
email-link-error-taken = Cette adresse est associée à un autre compte.

## What is wrong with a code of two-step verification

code-error-empty = Saisissez un code
code-error-wrong = Ce code n’est pas correct. Chaque code ne sert qu’une fois : essayez-en un autre.
code-error-clock_ahead =
    { $count ->
        [one] L’horloge de votre appareil avance d’environ { $count } minute. Réglez-la et réessayez.
       *[other] L’horloge de votre appareil avance d’environ { $count } minutes. Réglez-la et réessayez.
    }
code-error-clock_behind =
    { $count ->
        [one] L’horloge de votre appareil retarde d’environ { $count } minute. Réglez-la et réessayez.
       *[other] L’horloge de votre appareil retarde d’environ { $count } minutes. Réglez-la et réessayez.
    }
code-error-outdated = Ce QR code est trop ancien. Scannez le nouveau, puis saisissez le code que votre application affiche alors.

## Messages that are shown once, on the next page

flash-account_created = Votre compte a été créé. Veuillez vous connecter.
flash-logged_out = Déconnexion réussie.
flash-log_in_required = Veuillez vous connecter pour continuer.
flash-session_expired = Veuillez vous reconnecter.
flash-password_changed = Votre mot de passe a été modifié. Tous les autres appareils ont été déconnectés.
flash-password_reset = Votre mot de passe a été modifié. Veuillez vous connecter.
flash-username_changed = Votre nom d’utilisateur a été modifié.
flash-session_ended = Cet appareil a été déconnecté.
flash-device_forgotten = Cet appareil a été retiré de la liste.
flash-other_sessions_ended = Tous les autres appareils ont été déconnectés.
flash-account_deleted = Votre compte a été supprimé.
flash-reset_requested = Si ce compte a une adresse e-mail confirmée, nous y avons envoyé un lien.
flash-email_given = Nous avons envoyé un lien à cette adresse. Ouvrez-le pour confirmer l’adresse.
flash-email_unchanged = C’est déjà l’adresse de votre compte.
flash-email_verified = Votre adresse e-mail a été confirmée.
flash-email_rejected = Merci. Votre adresse a été retirée de ce compte.
flash-mail_sent = Nous avons renvoyé le lien.
flash-second_factor_turned_on = La validation en deux étapes est activée. Désormais, un code vous sera aussi demandé à la connexion.
flash-second_factor_replaced = Désormais, les codes viennent de votre nouvelle application. Ceux de l’ancienne ne fonctionnent plus.
flash-second_factor_turned_off = La validation en deux étapes est désactivée. Votre mot de passe suffit pour vous connecter.
flash-app_turned_off = Les codes de votre application ne sont plus demandés. Après votre mot de passe, la connexion demande une clé d’accès.
flash-passkey_added = Votre clé d’accès a été ajoutée. Vous pouvez désormais vous connecter avec elle. Après votre mot de passe, une seconde étape est demandée.
flash-passkey_renamed = La clé d’accès porte son nouveau nom.
flash-passkey_removed = Cette clé d’accès a été supprimée. Elle ne donne plus accès à votre compte. Tous les autres appareils ont été déconnectés.
flash-password_removed = Votre mot de passe a été supprimé. Désormais, vous vous connectez avec une clé d’accès. Tous les autres appareils ont été déconnectés.
flash-recovery_codes_saved = Vos nouveaux codes de secours sont valables dès maintenant. Les précédents ne fonctionnent plus.
flash-recovery_codes_outdated = Ces codes de secours sont restés affichés trop longtemps. Enregistrez plutôt ceux de cette page.
flash-too_many_codes = Trop de codes incorrects. Veuillez vous reconnecter.
flash-recovery_codes_left =
    { $count ->
        [one] Il reste { $count } code de secours
       *[other] Il reste { $count } codes de secours
    }
flash-another_account = Une session est maintenant ouverte avec un autre compte : rien n’a donc été modifié.
flash-failed_attempts =
    { $count ->
        [one] { $count } tentative de connexion à votre compte a échoué depuis votre dernière connexion.
       *[other] { $count } tentatives de connexion à votre compte ont échoué depuis votre dernière connexion.
    }
flash-failed_attempts-or-more =
    { $count ->
        [one] Au moins { $count } tentative de connexion à votre compte a échoué depuis votre dernière connexion.
       *[other] Au moins { $count } tentatives de connexion à votre compte ont échoué depuis votre dernière connexion.
    }
# Followed by a time
failed-attempts-first = Première tentative :
failed-attempts-see = Voir votre activité récente
if-not-you-change-password = Si ce n’était pas vous, modifiez votre mot de passe.

## The home page

welcome = Bienvenue
welcome-to = Bienvenue sur { $site }
home-log-in = Un seul compte, un seul accès. Connectez-vous pour continuer.
home-log-in-or-sign-up = Un seul compte, un seul accès. Connectez-vous pour continuer, ou créez un compte si vous n’en avez pas encore.
hello = Bonjour { $username }
you-are-logged-in = Votre session est ouverte.
your-account = Votre compte

## The form to log in

# $days: how long
keep-me-logged-in =
    { $days ->
        [one] Garder ma session ouverte pendant { $days } jour
       *[other] Garder ma session ouverte pendant { $days } jours
    }
log-in-refused = Nom d’utilisateur ou mot de passe incorrect
log-in-with-passkey = Se connecter avec une clé d’accès
forgot-your-password = Mot de passe oublié ?
no-account-yet = Vous n’avez pas de compte ? Créez-en un.

## The second step of a log-in

second-step = Saisissez votre code
second-step-text = Ouvrez votre application d’authentification et saisissez le code qu’elle affiche pour { $site }.
second-step-recovery-text = Saisissez l’un des codes de secours que vous avez enregistrés. Chacun ne sert qu’une fois.
code-from-app = Code de votre application
recovery-code = Code de secours
use-recovery-code = Utiliser un code de secours
use-app-code = Utiliser un code de votre application
use-passkey = Utiliser une clé d’accès
second-step-passkey-text = Votre compte demande une clé d’accès. Si vous ne l’avez pas ici, saisissez l’un des codes de secours que vous avez enregistrés. Chacun ne sert qu’une fois.
trust-device =
    { $days ->
        [one] Ne plus demander sur cet appareil pendant { $days } jour
       *[other] Ne plus demander sur cet appareil pendant { $days } jours
    }

## Where a browser keeps no cookies

no-cookies = Votre navigateur ne conserve pas les cookies
no-cookies-text = La connexion n’a pas abouti. Ce site utilise un cookie pour garder votre session ouverte, et votre navigateur ne l’a pas renvoyé.
# Followed by the address of the site
no-cookies-address = Ouvrez ce site à l’adresse suivante. À toute autre adresse, le cookie n’est pas conservé.
no-cookies-settings = Autorisez les cookies de ce site dans les paramètres de votre navigateur et dans toute extension qui les bloque.
log-in-again = Se reconnecter

## The page that asks whether to log out

log-out-question = Voulez-vous vous déconnecter ?
log-out-text = Rien n’a encore changé. Cette page s’est peut-être ouverte par un lien placé sur un autre site.

## The form to sign up

already-an-account = Vous avez déjà un compte ? Connectez-vous.
sign-up-refused-closed = La création de comptes est fermée.
sign-up-refused-invitation_required = Il faut une invitation pour créer un compte.
sign-up-refused-invitation_expired = Cette invitation a expiré ou a déjà été utilisée.

## Check your mail: the address has to be verified before the first log-in

check-mail = Consultez votre messagerie
check-mail-sent = Avant de pouvoir vous connecter, vous devez confirmer votre adresse e-mail. Nous avons envoyé un lien à { $address }.
check-mail-open = Ouvrez le lien et cliquez sur « Confirmer cette adresse ». Si vous n’avez rien reçu, regardez dans le dossier des courriers indésirables (spam).
check-mail-no-address = Pour que vous puissiez vous connecter, votre compte doit avoir une adresse e-mail confirmée. Il n’en a aucune.
check-mail-ask = Demandez à l’administrateur du site d’en ajouter une.
send-link-again = Renvoyer le lien

## The form for a forgotten password

forgotten-password-text = Si votre compte a une adresse e-mail confirmée, nous y envoyons un lien. Ce lien vous permet de définir un nouveau mot de passe.
forgotten-password-no-mail = Si vous ne recevez rien d’ici quelques minutes, regardez dans le dossier des courriers indésirables (spam). Si votre compte n’a pas d’adresse confirmée, contactez l’administrateur du site.
login-error-empty = Saisissez votre nom d’utilisateur ou votre adresse e-mail
send-link = Envoyer un lien

## A link that is good no longer

link-expired = Ce lien a expiré
link-expired-text = Ce lien a expiré ou a déjà été utilisé.
link-expired-send = Envoyer un nouveau lien
link-expired-ask = Demandez un nouveau lien à la personne qui vous l’a donné.

## The form to set a password by a link

new-password-for = Nouveau mot de passe pour { $username }
all-devices-logged-out = Tous vos appareils seront déconnectés.
set-password = Définir le mot de passe

## Where a link to verify an address leads

verify-title = Confirmer { $address }
verify-question = Est-ce votre compte ?
verify-text = L’adresse { $address } a été indiquée pour le compte « { $username } ».
verify-warning = Ne la confirmez que si ce compte est le vôtre. La personne qui a créé le compte en a choisi le mot de passe.
verify-this-address = Confirmer cette adresse
this-was-not-me = Ce n’était pas moi

## Where a link to put an address back leads

undo-title = Rétablir { $address }
undo-heading = Rétablir votre adresse
undo-text = Une autre adresse e-mail a été indiquée pour le compte « { $username } ». Si ce n’était pas vous, rétablissez { $address }.
undo-effect = Tous les appareils seront déconnectés, puis vous définirez un nouveau mot de passe.
undo-button = Rétablir cette adresse

## The account page

member-since = Compte créé le
menu-sessions = Appareils connectés
menu-activity = Activité récente
menu-password = Modifier votre mot de passe
menu-second-factor = Validation en deux étapes
menu-passkeys = Clés d’accès
menu-email = Votre adresse e-mail
menu-username = Modifier votre nom d’utilisateur
menu-delete = Supprimer votre compte

## Where the user is logged in

sessions-text = Si vous ne reconnaissez pas un appareil, déconnectez-le et modifiez votre mot de passe.
this-device = Cet appareil
# Followed by a network address
# Followed by a time
last-seen = Dernière activité le
logged-in-since = Session ouverte le
# How somebody logged in
logged-in-by-password = Mot de passe
logged-in-by-password-totp = Mot de passe et code
logged-in-by-password-recovery_code = Mot de passe et code de secours
logged-in-by-passkey = Clé d’accès
logged-in-by-password-passkey = Mot de passe et clé d’accès
log-out-device = Déconnecter
log-out-this-device = Déconnecter { $device }, dernière activité le { $time }
log-out-others = Déconnecter tous les autres appareils
known-devices = Appareils déjà utilisés pour vous connecter
known-devices-text = Si des inconnus saisissent trop de mots de passe erronés, vous n’avez pas à attendre sur ces appareils, même après une déconnexion. Retirez ceux que vous n’utilisez plus.
last-log-in = Dernière connexion le
first-log-in = Première connexion le
# Followed by a time
trusted-until = Aucun code n’y est demandé jusqu’au
forget-device = Retirer
forget-this-device = Retirer { $device }, dernière connexion le { $time }

## Recent activity

activity-kept =
    { $days ->
        [one] L’activité est conservée pendant { $days } jour.
       *[other] L’activité est conservée pendant { $days } jours.
    }
activity-not-you = Si quelque chose ici ne vient pas de vous, modifiez votre mot de passe.
activity-none = Il n’y a rien d’autre à afficher.
activity-older = Plus ancien
activity-by-operator = Par l’administrateur du site
event-logged_in = Connexion
event-log_in_failed = Échec d’une tentative de connexion
event-log_in_failed-in-a-row =
    { $count ->
        [one] { $count } tentative de connexion échouée
       *[other] { $count } tentatives de connexion échouées
    }
activity-addresses =
    { $count ->
        [one] Depuis { $count } adresse IP
       *[other] Depuis { $count } adresses IP
    }
# Followed by a time
activity-last-attempt = Dernière tentative le
activity-first-attempt = Première tentative le
activity-show-attempts = Afficher les tentatives
activity-more-attempts =
    { $count ->
        [one] Et { $count } autre
       *[other] Et { $count } autres
    }
event-reauthentication_failed = Mot de passe ou clé d’accès incorrects pendant une session ouverte
event-logged_out = Déconnexion
event-session_ended = Un appareil a été déconnecté
event-sessions_ended = Tous les autres appareils ont été déconnectés
event-password_changed = Mot de passe modifié
event-username_changed = Nom d’utilisateur modifié
event-device_forgotten = Un appareil a été retiré de la liste
event-reset_link_made = Lien à usage unique créé
event-password_reset = Mot de passe défini par un lien à usage unique
event-account_created = Compte créé
event-account_imported = Compte repris d’un autre système
event-password_imported = Mot de passe repris d’un autre système
event-account_closed = Compte fermé
event-account_deleted = Compte supprimé
event-account_deleted_by_operator = Compte supprimé
event-account_reopened = Compte rouvert
event-sessions_ended_by_operator = Tous les appareils ont été déconnectés
event-username_changed_by_operator = Nom d’utilisateur modifié
event-waits_forgiven = Levée de l’attente imposée après des tentatives échouées
event-reset_requested = Lien pour définir un nouveau mot de passe envoyé par e-mail
event-email_given = Adresse e-mail indiquée
event-verification_requested = Lien de confirmation de l’adresse e-mail redemandé
event-email_verified = Adresse e-mail confirmée
event-email_rejected = Adresse e-mail retirée par la personne qui y reçoit ses e-mails
event-email_undone = Ancienne adresse e-mail rétablie par un lien
event-email_set_by_operator = Adresse e-mail définie
event-throttled = Trop de tentatives ; certaines ont été refusées
event-second_factor_turned_on = Validation en deux étapes activée
event-second_factor_replaced = Autre application d’authentification configurée
event-second_factor_turned_off = Validation en deux étapes désactivée
event-second_factor_removed = Validation en deux étapes supprimée
event-recovery_codes_made = Nouveaux codes de secours créés
event-recovery_code_used = Code de secours utilisé
event-second_step_failed = Mot de passe correct, code ou clé d’accès incorrects
event-second_step_guessed = Trois codes incorrects après le bon mot de passe
event-second_step_throttled = Trop de codes incorrects ; certains ont été refusés
event-passkey_added = Clé d’accès ajoutée
event-passkey_renamed = Clé d’accès renommée
event-passkey_removed = Clé d’accès supprimée
event-passkey_refused = Clé d’accès refusée, car elle a peut-être été copiée
event-password_removed = Mot de passe supprimé

## Devices. Names of browsers and systems are the same in every language

device = { $browser } sur { $system }
unknown-device = Appareil inconnu
an-app = Une application

## The form to change the password

password-change-effect = Tous vos autres appareils seront déconnectés.
change-password = Modifier le mot de passe
no-password = Votre compte n’a pas de mot de passe. Vous vous connectez avec une clé d’accès.
no-password-nor-passkey = Votre compte n’a pas de mot de passe.
set-password-by-link = Recevoir un lien pour définir un mot de passe
set-password-ask = Pour avoir un mot de passe, demandez à l’administrateur du site un lien pour le définir.

## Two-step verification: what is set up

second-factor-text = Avec la validation en deux étapes, la connexion demande votre mot de passe et un code fourni par une application sur votre téléphone. Une personne qui découvrirait votre mot de passe ne pourrait pas se connecter.
second-factor-is-off = La validation en deux étapes est désactivée.
authenticator-app = Application d’authentification
# Followed by a time
app-set-up-on = Configurée le
recovery-codes = Codes de secours
few-recovery-codes =
    { $count ->
        [0] Il ne vous reste aucun code de secours.
        [one] Il ne vous reste que { $count } code de secours.
       *[other] Il ne vous reste que { $count } codes de secours.
    }
make-recovery-codes = Créer de nouveaux codes de secours
set-up-app = Configurer une application
set-up-another-app = Configurer une autre application
turn-off-heading = Désactiver la validation en deux étapes
turn-off-text = Votre mot de passe suffira alors pour vous connecter. Vos codes de secours seront supprimés.
code-or-recovery-code = Code de votre application, ou code de secours
turn-off = Désactiver
second-factor-by-passkey = Après votre mot de passe, la connexion demande l’une de vos clés d’accès.
second-factor-or-passkey = Une clé d’accès protège encore mieux votre compte, et il n’y a aucun code à saisir.
see-passkeys = Voir vos clés d’accès
turn-off-app-heading = Désactiver l’application d’authentification
turn-off-app-text = Après votre mot de passe, la connexion demandera alors une clé d’accès. Vos codes de secours ne changent pas.

## Passkeys

passkeys-text = Avec une clé d’accès, vous vous connectez par une empreinte digitale, votre visage ou le code PIN de votre appareil. Elle ne fonctionne que sur ce site : personne ne peut vous la soutirer par la ruse.
passkeys-none = Vous n’avez pas encore de clé d’accès.
passkey-backup-synced = synchronisée
passkey-backup-eligible = pas encore synchronisée
passkey-backup-this_device_only = cet appareil uniquement
# Followed by a time
passkey-added = Ajoutée le
passkey-last-used = Dernière utilisation le
passkey-never-used = Pas encore utilisée
passkey-rename = Renommer
passkey-rename-this = Renommer { $name }
passkey-name = Nom
passkey-name-optional = Nom (facultatif)
passkey-save-name = Enregistrer le nom
passkey-remove = Supprimer
passkey-remove-this = Supprimer { $name }
add-passkey = Ajouter une clé d’accès
add-passkey-text = Votre navigateur demande où la conserver : sur cet appareil, sur un téléphone ou sur une clé de sécurité.
passkeys-need-script = Pour ajouter une clé d’accès, il vous faut un navigateur compatible, avec JavaScript activé.
passkeys-problem-last_way_in = Cette clé d’accès est votre seul moyen de vous connecter. Ajoutez-en d’abord une autre, ou définissez un mot de passe.
passkeys-problem-password_needed = Votre mot de passe est conservé pour l’instant. Pour le supprimer, il vous faut deux clés d’accès, ou une clé d’accès et un code de secours.
remove-password-heading = Supprimer votre mot de passe
remove-password-text = Dès lors, seule une clé d’accès permet de se connecter, et un mot de passe volé ne sert plus à personne. Vous pourrez de nouveau définir un mot de passe plus tard, au moyen d’un lien.
remove-my-password = Supprimer mon mot de passe
passkey-error-failed = Cela n’a pas fonctionné. Rechargez la page et réessayez.
passkey-error-not_allowed = Cela n’a pas fonctionné. Soit l’opération a été annulée, soit elle a pris trop de temps, soit il faut un code PIN, une empreinte digitale ou un visage qui n’a pas été configuré.
passkey-error-other_site = Les clés d’accès ne fonctionnent pas à cette adresse. Ouvrez ce site à son adresse habituelle et réessayez.
passkey-error-network = Ce site est injoignable. Vérifiez votre connexion et réessayez.
passkey-error-expired = Cela a pris trop de temps. Veuillez réessayer.
passkey-error-unknown = Ce site ne connaît pas cette clé d’accès. Elle a peut-être été supprimée du compte. Utilisez-en une autre, ou connectez-vous autrement.
passkey-error-refused = Cette clé d’accès n’est pas la bonne. Utilisez-en une autre.
passkey-error-counter_went_back = Cette clé d’accès a été refusée, car il en existe peut-être une copie. Connectez-vous autrement, supprimez-la de votre compte et ajoutez-en une nouvelle.
passkey-error-backup_changed = Cette clé d’accès a été refusée, car elle peut être synchronisée maintenant et ne le pouvait pas lors de son ajout, ou l’inverse. Connectez-vous autrement, supprimez-la de votre compte et ajoutez-la de nouveau.
passkey-error-not_verified = Cette clé d’accès n’a pas vérifié que c’était bien vous. Configurez pour elle un code PIN, une empreinte digitale ou votre visage et réessayez.
passkey-error-already_added = Cet appareil ou cette clé de sécurité a déjà une clé d’accès pour votre compte.
passkey-error-too_many = Votre compte a autant de clés d’accès qu’il peut en avoir. Supprimez-en une pour en ajouter une autre.
passkey-error-throttled = Trop de codes ont été essayés. Attendez quelques minutes et réessayez.
passkey-error-name_empty = Saisissez un nom
passkey-error-name_too_long = Ce nom est trop long. Il peut avoir au plus 60 caractères.
passkey-error-name_bad_character = Les caractères de contrôle ne sont pas autorisés dans un nom. Utilisez des lettres, des chiffres, des espaces et des symboles.

## Two-step verification: the set-up of an app

totp-title = Configurer votre application d’authentification
totp-required = Ce site impose à tous la validation en deux étapes. Configurez-la pour continuer.
totp-scan = Scannez ce QR code avec une application d’authentification sur votre téléphone.
totp-qr-code = QR code pour votre application d’authentification
totp-key = Si vous ne pouvez pas le scanner, saisissez cette clé dans l’application :
totp-open = Ouvrir une application d’authentification sur cet appareil
totp-replaces = Les codes de votre application actuelle ne fonctionneront plus. Vos codes de secours restent valables.
code-of-present-app = Code de votre application actuelle, ou code de secours
code-of-new-app = Code de la nouvelle application
turn-on = Activer
add-passkey-instead = Ajouter plutôt une clé d’accès
set-up-app-instead = Configurer plutôt une application d’authentification

## Two-step verification: recovery codes, shown once

recovery-codes-title = Enregistrez vos codes de secours
recovery-codes-text = Chacun de ces codes vous permet de vous connecter une seule fois, si vous n’avez ni votre application ni votre clé d’accès. Gardez-les là où personne d’autre ne peut les lire, et pas seulement sur votre téléphone.
recovery-codes-replace = Ils remplacent vos codes actuels dès que vous cliquez sur « Je les ai enregistrés ».
recovery-codes-file = Codes de secours de { $username } sur { $site }. Chacun ne sert qu’une fois.
download = Télécharger
copy = Copier
copied = Copié
print = Imprimer
have-saved-codes = Je les ai enregistrés

## The form to change the username

username-change-text = Vous vous connecterez ensuite avec le nouveau nom, et non plus avec l’ancien.
# Of the old name
old-name-reserved =
    { $days ->
        [one] Personne d’autre ne pourra prendre l’ancien nom pendant { $days } jour. D’ici là, vous pourrez le reprendre.
       *[other] Personne d’autre ne pourra prendre l’ancien nom pendant { $days } jours. D’ici là, vous pourrez le reprendre.
    }
old-name-free = Quelqu’un d’autre pourra prendre l’ancien nom immédiatement.
change-username = Modifier le nom d’utilisateur

## The account's e-mail address

email-purpose = Avec une adresse confirmée, vous pouvez définir un nouveau mot de passe si vous oubliez le vôtre, et nous vous prévenons de ce qui se passe sur votre compte.
email-verified = Confirmée
email-not-verified = Pas encore confirmée
email-sent = Ouvrez le lien de l’e-mail envoyé à { $address } pour confirmer l’adresse. Si vous n’avez rien reçu, regardez dans le dossier des courriers indésirables (spam) ou faites renvoyer le lien.
email-another = Autre adresse e-mail
email-change-effect = Nous envoyons immédiatement un message à { $address }. Cette adresse reste la vôtre jusqu’à ce que l’autre soit confirmée.
change-address = Modifier l’adresse
add-address = Ajouter l’adresse

## The form to delete the account

delete-warning = Cette action est irréversible. Elle supprime immédiatement :
delete-account = votre compte et son mot de passe
delete-account-of = votre compte { $username } et son mot de passe
delete-sessions = les sessions ouvertes sur tous les appareils
delete-activity = votre activité récente
delete-name-reserved =
    { $days ->
        [one] Personne, pas même vous, ne pourra créer un compte avec votre nom d’utilisateur pendant { $days } jour. Ensuite, tout le monde le pourra.
       *[other] Personne, pas même vous, ne pourra créer un compte avec votre nom d’utilisateur pendant { $days } jours. Ensuite, tout le monde le pourra.
    }
delete-name-free = Tout le monde pourra immédiatement créer un compte avec votre nom d’utilisateur.
delete-my-account = Supprimer mon compte

## The form that asks for the password again

reauthentication-title = Confirmez votre mot de passe
reauthentication-text = Votre connexion remonte à un certain temps. Veuillez saisir de nouveau votre mot de passe pour continuer.
go-on = Continuer
confirm-identity = Confirmez votre identité
reauthentication-passkey-text = Votre connexion remonte à un certain temps. Veuillez confirmer votre identité pour continuer.
passkey-needs-script = Une clé d’accès ne fonctionne que dans un navigateur compatible, avec JavaScript activé. Activez-le ou utilisez un autre navigateur.

## Error pages, by their status

error-number = Erreur { $status }
error-quote = Si vous signalez cette erreur, indiquez :
# Followed by the address of the site
error-site-at = Ce site se trouve à l’adresse suivante. Si votre navigateur en affiche une autre, ouvrez celle-ci.
go-to-home = Aller à la page d’accueil
error-title-400 = Cette demande est illisible
error-text-400 = Votre navigateur a envoyé quelque chose que ce site n’a pas pu lire. Revenez en arrière, actualisez la page et réessayez.
error-title-403 = Cette action n’est pas autorisée
error-text-403 = Pour votre sécurité, rien n’a été modifié : la demande venait d’un autre site ou ne vous était pas destinée. Si elle venait de vous, recommencez depuis la page d’accueil.
error-title-404 = Page introuvable
error-text-404 = Il n’y a rien à cette adresse. Si vous l’avez saisie, vérifiez l’orthographe ; si vous avez suivi un lien, il n’est peut-être plus à jour.
error-title-405 = Cela ne fonctionne pas ici
error-text-405 = Cette adresse existe, mais ce qui y a été envoyé est destiné à une autre page. Recommencez depuis la page d’accueil.
error-title-413 = L’envoi est trop volumineux
error-text-413 = L’envoi dépasse ce que ce site accepte. Raccourcissez-le et réessayez.
error-title-415 = Ce format n’est pas accepté
error-text-415 = Cette adresse n’accepte que ce qu’envoie son propre formulaire. Revenez au formulaire et réessayez.
error-title-422 = Ce formulaire ne peut pas être utilisé
error-text-422 = Un élément du formulaire manquait ou figurait deux fois. Revenez en arrière, actualisez la page et remplissez de nouveau le formulaire.
error-title-429 = Trop de tentatives
error-text-429 = Pour protéger les comptes, le nombre de tentatives est limité. Attendez quelques minutes et réessayez.
error-title-500 = Une erreur s’est produite
error-text-500 = L’erreur vient de nous, pas de vous. Attendez une minute et réessayez.
error-title-503 = Site momentanément surchargé
error-text-503 = Ce site reçoit actuellement plus de demandes qu’il ne peut en traiter. Attendez une minute et réessayez.
error-title-other = L’opération n’a pas abouti
error-text-other = Ce site n’a pas pu effectuer l’opération demandée. Revenez en arrière et réessayez, ou recommencez depuis la page d’accueil.

## Mails: plain text, one paragraph a message, wrapped by the program

mail-hello = Bonjour,
mail-hello-you = Bonjour { $username },
mail-from = Depuis : { $device }
mail-from-address = Depuis : { $device }, adresse IP { $address }
mail-not-you = Si ce n’était pas vous, quelqu’un d’autre a peut-être accès à votre compte. Ouvrez { $url } dans votre navigateur, connectez-vous, modifiez votre mot de passe et consultez « Appareils connectés » et « Activité récente ». Si vous ne pouvez pas vous connecter, utilisez « Mot de passe oublié ? » sur la page de connexion.
mail-not-your-passkey = Si ce n’était pas vous, quelqu’un d’autre a peut-être accès à votre compte. Ouvrez { $url } dans votre navigateur, connectez-vous, supprimez toutes les clés d’accès qui ne sont pas les vôtres, modifiez votre mot de passe et consultez « Appareils connectés » et « Activité récente ». Si vous ne pouvez pas vous connecter, utilisez « Mot de passe oublié ? » sur la page de connexion.
mail-ask-operator = Si vous n’en connaissez pas la raison, contactez l’administrateur du site.
mail-footer = Cet e-mail a été envoyé automatiquement. Nous ne demandons jamais votre mot de passe par e-mail.
mail-link-once-second =
    { $count ->
        [one] Ce lien ne fonctionne qu’une fois et reste valable { $count } seconde.
       *[other] Ce lien ne fonctionne qu’une fois et reste valable { $count } secondes.
    }
mail-link-once-minute =
    { $count ->
        [one] Ce lien ne fonctionne qu’une fois et reste valable { $count } minute.
       *[other] Ce lien ne fonctionne qu’une fois et reste valable { $count } minutes.
    }
mail-link-once-hour =
    { $count ->
        [one] Ce lien ne fonctionne qu’une fois et reste valable { $count } heure.
       *[other] Ce lien ne fonctionne qu’une fois et reste valable { $count } heures.
    }

mail-verify_email-subject = Confirmez votre adresse e-mail pour { $site }
mail-verify_email-text = Quelqu’un a indiqué cette adresse e-mail pour le compte « { $username } » sur { $site }. Si c’était vous, ouvrez la page suivante et confirmez l’adresse :
mail-verify_email-pages = Ouvrir la page ne change rien tant que vous n’avez pas cliqué sur l’un de ses boutons.
mail-verify_email-not-you = Si ce n’était pas vous, ouvrez la page et cliquez sur « Ce n’était pas moi » : nous retirerons l’adresse de ce compte. Si vous ne faites rien, il ne se passe rien.

mail-reset_password-subject = Définissez un nouveau mot de passe pour { $site }
mail-reset_password-text = Quelqu’un a demandé un lien pour définir un nouveau mot de passe pour votre compte « { $username } » sur { $site }. Si c’était vous, ouvrez la page suivante :
mail-reset_password-unchanged = Votre mot de passe ne change pas tant que vous n’en avez pas défini un autre sur cette page.
mail-reset_password-not-you = Si ce n’était pas vous, vous n’avez rien à faire : seule une personne qui peut lire vos e-mails peut utiliser ce lien. Ne le transmettez à personne.

mail-account_exists-subject = Vous avez déjà un compte : { $username }
mail-account_exists-text = Quelqu’un vient d’indiquer cette adresse e-mail pour un compte sur { $site }. Vous avez déjà un compte : { $username }
mail-account_exists-you = Si c’était vous, connectez-vous avec le compte que vous avez déjà. Si vous avez oublié son mot de passe, utilisez « Mot de passe oublié ? » sur la page de connexion. Si ce n’était pas vous, vous n’avez rien à faire : l’adresse reste la vôtre, et personne n’a appris que vous avez un compte.

mail-undo_email-subject = L’adresse e-mail de votre compte est en cours de modification
mail-undo_email-text = Une autre adresse e-mail a été indiquée pour votre compte « { $username } » sur { $site } le { $time }. Nous écrivons à cette adresse parce qu’elle est, ou était, celle du compte.
mail-undo_email-not-you = Si c’était vous, vous n’avez rien à faire. Sinon, ouvrez la page suivante. Elle permet de rétablir cette adresse, de déconnecter tous les appareils et de définir un nouveau mot de passe :
mail-undo_email-good-for-second =
    { $count ->
        [one] Ce lien reste valable { $count } seconde, même si quelqu’un a modifié votre mot de passe.
       *[other] Ce lien reste valable { $count } secondes, même si quelqu’un a modifié votre mot de passe.
    }
mail-undo_email-good-for-minute =
    { $count ->
        [one] Ce lien reste valable { $count } minute, même si quelqu’un a modifié votre mot de passe.
       *[other] Ce lien reste valable { $count } minutes, même si quelqu’un a modifié votre mot de passe.
    }
mail-undo_email-good-for-hour =
    { $count ->
        [one] Ce lien reste valable { $count } heure, même si quelqu’un a modifié votre mot de passe.
       *[other] Ce lien reste valable { $count } heures, même si quelqu’un a modifié votre mot de passe.
    }

mail-logged_in-subject = Quelqu’un s’est connecté à votre compte depuis un nouvel appareil
mail-logged_in-text = Quelqu’un s’est connecté à votre compte « { $username } » sur { $site } le { $time }, depuis un appareil qui n’avait encore jamais été utilisé.

mail-password_changed-subject = Votre mot de passe a été modifié
mail-password_changed-text = Le mot de passe de votre compte « { $username } » sur { $site } a été modifié le { $time }. Tous les autres appareils ont été déconnectés.

mail-password_reset-subject = Votre mot de passe a été défini par un lien
mail-password_reset-text = Le mot de passe de votre compte « { $username } » sur { $site } a été défini par un lien à usage unique le { $time }. Tous les appareils ont été déconnectés.

mail-username_changed-subject = Votre nom d’utilisateur a été modifié
mail-username_changed-text = Le nom d’utilisateur de votre compte sur { $site } a été modifié le { $time }. C’est maintenant « { $username } ».
mail-username_changed_by_operator-subject = Votre nom d’utilisateur a été modifié
mail-username_changed_by_operator-text = L’administrateur du site { $site } a modifié le nom d’utilisateur de votre compte le { $time }. C’est maintenant « { $username } ». Votre mot de passe reste le même.

mail-email_set_by_operator-subject = L’adresse e-mail de votre compte a été définie
mail-email_set_by_operator-text = L’administrateur du site { $site } a défini une autre adresse e-mail pour votre compte « { $username } » le { $time }. Cet e-mail est envoyé à l’adresse que le compte avait auparavant.

mail-account_closed-subject = Votre compte a été fermé
mail-account_closed-text = L’administrateur du site { $site } a fermé votre compte « { $username } » le { $time }. Plus personne ne peut s’y connecter, et tous les appareils ont été déconnectés.
mail-account_reopened-subject = Votre compte a été rouvert
mail-account_reopened-text = L’administrateur du site { $site } a rouvert votre compte « { $username } » le { $time }. Vous pouvez de nouveau vous connecter, avec le mot de passe que vous aviez.
mail-account_deleted-subject = Votre compte a été supprimé
mail-account_deleted-text = Votre compte « { $username } » sur { $site } a été supprimé le { $time }, avec tout ce qu’il contenait. Ceci est le dernier e-mail à son sujet.
mail-account_deleted-not-you = Si ce n’était pas vous, contactez l’administrateur du site.
mail-account_deleted_by_operator-subject = Votre compte a été supprimé
mail-account_deleted_by_operator-text = L’administrateur du site { $site } a supprimé votre compte « { $username } » le { $time }, avec tout ce qu’il contenait. Ceci est le dernier e-mail à son sujet.

mail-second_factor_turned_on-subject = La validation en deux étapes a été activée
mail-second_factor_turned_on-text = La validation en deux étapes a été activée pour votre compte « { $username } » sur { $site } le { $time }. Désormais, la connexion demande aussi un code fourni par une application.
mail-second_factor_replaced-subject = Une autre application d’authentification a été configurée
mail-second_factor_replaced-text = Une autre application d’authentification a été configurée pour votre compte « { $username } » sur { $site } le { $time }. Les codes de l’application précédente ne fonctionnent plus.
mail-second_factor_turned_off-subject = La validation en deux étapes a été désactivée
mail-second_factor_turned_off-text = La validation en deux étapes a été désactivée pour votre compte « { $username } » sur { $site } le { $time }. La connexion ne demande plus de code fourni par une application.
mail-second_factor_removed-subject = La validation en deux étapes a été supprimée
mail-second_factor_removed-text = L’administrateur du site { $site } a supprimé la validation en deux étapes de votre compte « { $username } » le { $time }. Le mot de passe suffit pour se connecter.
mail-recovery_codes_made-subject = De nouveaux codes de secours ont été créés
mail-recovery_codes_made-text = De nouveaux codes de secours ont été créés pour votre compte « { $username } » sur { $site } le { $time }. Les précédents ne fonctionnent plus.
mail-recovery_code_used-subject = Un code de secours a été utilisé
mail-recovery_code_used-text = Quelqu’un s’est connecté à votre compte « { $username } » sur { $site } avec le mot de passe et un code de secours, le { $time }. Ce code ne peut plus servir.
mail-second_step_guessed-subject = Codes incorrects sur votre compte
mail-second_step_guessed-text = Quelqu’un a saisi le bon mot de passe de votre compte « { $username } » sur { $site }, puis trois codes incorrects, le dernier le { $time }. Personne n’a pu se connecter.
mail-second_step_throttled-subject = Trop de codes incorrects sur votre compte
mail-second_step_throttled-text = Quelqu’un a saisi le bon mot de passe de votre compte « { $username } » sur { $site }, puis trop de codes incorrects, le dernier le { $time }. Personne n’a pu se connecter. Aucun code ne sera accepté pendant quelques minutes.
mail-second_step_throttled-not-you = Si ce n’était pas vous, quelqu’un connaît votre mot de passe. Ouvrez { $url } dans votre navigateur, utilisez « Mot de passe oublié ? » sur la page de connexion et choisissez un mot de passe que vous n’utilisez nulle part ailleurs.

mail-passkey_added-subject = Une clé d’accès a été ajoutée à votre compte
mail-passkey_added-text = Une clé d’accès a été ajoutée à votre compte « { $username } » sur { $site } le { $time }. Elle permet de se connecter sans mot de passe.
mail-passkey_renamed-subject = Une clé d’accès de votre compte a été renommée
mail-passkey_renamed-text = Une clé d’accès de votre compte « { $username } » sur { $site } a reçu un autre nom le { $time }.
mail-passkey_removed-subject = Une clé d’accès a été supprimée de votre compte
mail-passkey_removed-text = Une clé d’accès de votre compte « { $username } » sur { $site } a été supprimée le { $time }. Elle ne permet plus de se connecter.
mail-passkey_refused-subject = Une clé d’accès de votre compte a été refusée
mail-passkey_refused-text = Quelqu’un a essayé d’utiliser une clé d’accès de votre compte « { $username } » sur { $site }, le { $time }. Elle a été refusée, car il s’agit peut-être d’une copie. Personne n’a pu se connecter. Si c’était vous, connectez-vous autrement, supprimez la clé d’accès et ajoutez-la de nouveau.
mail-password_removed-subject = Votre mot de passe a été supprimé
mail-password_removed-text = Le mot de passe de votre compte « { $username } » sur { $site } a été supprimé le { $time }. Désormais, seule une clé d’accès permet de se connecter.

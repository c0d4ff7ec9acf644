### Spanish. en.ftl has the explanations.

## What the language is called in its own words, for the list at the foot of each page.

language-name = Español

## Around every page

error-prefix = Error:
skip-to-content = Ir al contenido
main-navigation = Principal
account = Cuenta
log-in = Iniciar sesión
sign-up = Crear cuenta
log-out = Cerrar sesión
look-at-address-bar = { $site }. Compruebe la barra de direcciones antes de escribir una contraseña.
there-is-a-problem = Hay un problema
language = Idioma
change-language = Cambiar idioma
back-to-account = Volver a su cuenta
back-to-log-in = Volver al inicio de sesión
back-to-home = Volver a la página principal

## Times, in UTC. $month is a number from 1 to 12, $time is 22:40

moment =
    { $month ->
        [1] { $day } de enero de { $year } a las { $time } UTC
        [2] { $day } de febrero de { $year } a las { $time } UTC
        [3] { $day } de marzo de { $year } a las { $time } UTC
        [4] { $day } de abril de { $year } a las { $time } UTC
        [5] { $day } de mayo de { $year } a las { $time } UTC
        [6] { $day } de junio de { $year } a las { $time } UTC
        [7] { $day } de julio de { $year } a las { $time } UTC
        [8] { $day } de agosto de { $year } a las { $time } UTC
        [9] { $day } de septiembre de { $year } a las { $time } UTC
        [10] { $day } de octubre de { $year } a las { $time } UTC
        [11] { $day } de noviembre de { $year } a las { $time } UTC
       *[12] { $day } de diciembre de { $year } a las { $time } UTC
    }
moment-short = { $day }/{ $month }/{ $year }, { $time } UTC

## How long to wait after too many attempts, rounded up

wait-second =
    { $count ->
        [one] Demasiados intentos. Vuelva a intentarlo dentro de { $count } segundo.
       *[other] Demasiados intentos. Vuelva a intentarlo dentro de { $count } segundos.
    }
wait-minute =
    { $count ->
        [one] Demasiados intentos. Vuelva a intentarlo dentro de { $count } minuto.
       *[other] Demasiados intentos. Vuelva a intentarlo dentro de { $count } minutos.
    }
wait-hour =
    { $count ->
        [one] Demasiados intentos. Vuelva a intentarlo dentro de { $count } hora.
       *[other] Demasiados intentos. Vuelva a intentarlo dentro de { $count } horas.
    }

## Fields that several forms have

username = Nombre de usuario
username-or-email = Nombre de usuario o dirección de correo electrónico
username-hint = Letras, números y . + - _
username-hint-with-address = Letras, números y @ . + - _; también puede ser una dirección de correo electrónico.
password = Contraseña
current-password = Contraseña actual
new-password = Contraseña nueva
new-password-hint =
    { $min ->
        [one] Al menos { $min } carácter. Lo mejor son unas cuantas palabras al azar.
       *[other] Al menos { $min } caracteres. Lo mejor son unas cuantas palabras al azar.
    }
email = Dirección de correo electrónico
email-optional = Dirección de correo electrónico (opcional)
email-hint = Enviaremos un enlace a esta dirección. Ábralo para verificarla.
show-password = Mostrar
show-password-label = Mostrar contraseña
hide-password = Ocultar
hide-password-label = Ocultar contraseña

## What is wrong with a username

username-error-empty = Escriba un nombre de usuario
username-error-taken = Ese nombre de usuario ya está en uso.
username-error-not_own_address = Ese nombre de usuario es una dirección de correo electrónico. Use uno sin @ o la dirección de correo electrónico de esta cuenta.
username-error-official = Ese nombre de usuario está reservado para este sitio, para que nadie pueda hacerse pasar por él. Elija otro.
username-error-too_long = Ese nombre de usuario es demasiado largo. Use de 1 a 64 letras (a–z, A–Z), números y @ . + - _, y empiece con una letra o un número.
username-error-bad_start = Ese nombre de usuario no empieza con una letra ni con un número. Use de 1 a 64 letras (a–z, A–Z), números y @ . + - _, y empiece con una letra o un número.
username-error-bad_character = Ese nombre de usuario contiene un carácter no permitido. Use de 1 a 64 letras (a–z, A–Z), números y @ . + - _, y empiece con una letra o un número.

## What is wrong with a new password

password-error-empty = Escriba una contraseña
password-error-too_short =
    { $min ->
        [one] Esa contraseña es demasiado corta. Use al menos { $min } carácter.
       *[other] Esa contraseña es demasiado corta. Use al menos { $min } caracteres.
    }
password-error-too_long = Esa contraseña es demasiado larga. Puede tener 1024 bytes como máximo: 1024 caracteres simples, o menos si lleva acentos o emojis.
password-error-bad_character = Una contraseña no puede contener caracteres de control. Use letras, números, espacios y símbolos.
password-error-too_guessable-listed = Esa contraseña se ha filtrado en alguna parte y es de las primeras que prueban los atacantes. Elija una que no use en ningún otro lugar.
password-error-too_guessable-phrase = Esa es una frase muy conocida. Use unas cuantas palabras que nadie haya juntado antes.
password-error-too_guessable-context = Esa contraseña consiste sobre todo en su nombre de usuario o en un nombre de este sitio. Use palabras que no tengan nada que ver con ellos.
password-error-too_guessable-common_words = Esa contraseña consiste sobre todo en palabras que aparecen en muchas contraseñas. Use palabras menos comunes, al menos tres.
password-error-too_guessable-keyboard_pattern = Las teclas contiguas y las series de números o letras son fáciles de adivinar. Use unas cuantas palabras al azar.
password-error-too_guessable-repetition = Evite repetir palabras y caracteres: así la contraseña es más larga, pero no más difícil de adivinar. Use palabras distintas.
password-error-too_guessable-date = Las fechas y los años son fáciles de adivinar. Use unas cuantas palabras al azar.
password-error-too_guessable-common_password = Muchas personas usan esa contraseña o una muy parecida. Añada unas cuantas palabras que no tengan nada que ver con ella.
password-error-too_guessable-name = Los nombres de personas son fáciles de adivinar. Añada unas cuantas palabras que no tengan nada que ver con ellos.
password-error-too_guessable-single_word = Una sola palabra es fácil de adivinar. Use unas cuantas palabras que no tengan nada que ver entre sí.
password-error-too_guessable-few_guesses = Esa contraseña es demasiado fácil de adivinar. Use unas cuantas palabras que no tengan nada que ver entre sí.

## What is wrong with the password that is asked for again

reauthentication-error-wrong = Esa no es su contraseña.

## What is wrong with an e-mail address

email-error-empty = Escriba su dirección de correo electrónico
email-error-too_long = Esa dirección de correo electrónico es demasiado larga.
email-error-bad_format = Esa no es una dirección de correo electrónico como nombre@example.org. Puede llevar letras sin acentos ni ñ, números y algunos símbolos.
email-link-error-taken = Esa dirección pertenece a otra cuenta.

## What is wrong with a code of two-step verification

code-error-empty = Escriba un código
code-error-wrong = Ese código no es correcto. Cada código sirve una sola vez: pruebe con otro.
code-error-clock_ahead =
    { $count ->
        [one] El reloj de su dispositivo está adelantado aproximadamente { $count } minuto. Póngalo en hora e inténtelo de nuevo.
       *[other] El reloj de su dispositivo está adelantado aproximadamente { $count } minutos. Póngalo en hora e inténtelo de nuevo.
    }
code-error-clock_behind =
    { $count ->
        [one] El reloj de su dispositivo está atrasado aproximadamente { $count } minuto. Póngalo en hora e inténtelo de nuevo.
       *[other] El reloj de su dispositivo está atrasado aproximadamente { $count } minutos. Póngalo en hora e inténtelo de nuevo.
    }
code-error-outdated = Ese código QR es demasiado antiguo. Escanee el nuevo y escriba el código que muestre entonces su aplicación.

## Messages that are shown once, on the next page

flash-account_created = Se ha creado su cuenta. Inicie sesión.
flash-logged_out = Ha cerrado sesión correctamente.
flash-log_in_required = Inicie sesión para continuar.
flash-session_expired = Vuelva a iniciar sesión.
flash-password_changed = Se ha cambiado su contraseña. Se ha cerrado la sesión en todos los demás dispositivos.
flash-password_reset = Se ha cambiado su contraseña. Inicie sesión.
flash-username_changed = Se ha cambiado su nombre de usuario.
flash-session_ended = Se ha cerrado la sesión en ese dispositivo.
flash-device_forgotten = Ese dispositivo se ha quitado de la lista.
flash-other_sessions_ended = Se ha cerrado la sesión en todos los demás dispositivos.
flash-account_deleted = Se ha eliminado su cuenta.
flash-reset_requested = Si esa cuenta tiene una dirección de correo electrónico verificada, hemos enviado un enlace a esa dirección.
flash-email_given = Hemos enviado un enlace a esa dirección. Ábralo para verificarla.
flash-email_unchanged = Esa ya es la dirección de su cuenta.
flash-email_verified = Se ha verificado su dirección de correo electrónico.
flash-email_rejected = Gracias. Esa cuenta ya no tiene su dirección.
flash-mail_sent = Hemos vuelto a enviar el enlace.
flash-second_factor_turned_on = La verificación en dos pasos está activada. A partir de ahora, al iniciar sesión también se le pedirá un código.
flash-second_factor_replaced = A partir de ahora, los códigos son los de su aplicación nueva. Los de la anterior ya no sirven.
flash-second_factor_turned_off = La verificación en dos pasos está desactivada. Para iniciar sesión basta con su contraseña.
flash-app_turned_off = Ya no se piden códigos de su aplicación. Después de la contraseña, al iniciar sesión se pide una llave de acceso.
flash-passkey_added = Se ha añadido su llave de acceso. A partir de ahora puede iniciar sesión con ella. Después de la contraseña se pide un segundo paso.
flash-passkey_renamed = La llave de acceso ya tiene el nombre nuevo.
flash-passkey_removed = Se ha quitado esa llave de acceso. Ya no sirve para entrar en su cuenta. Se ha cerrado la sesión en todos los demás dispositivos.
flash-password_removed = Se ha eliminado su contraseña. A partir de ahora inicia sesión con una llave de acceso. Se ha cerrado la sesión en todos los demás dispositivos.
flash-recovery_codes_saved = Sus códigos de recuperación nuevos ya son válidos. Los anteriores ya no sirven.
flash-recovery_codes_outdated = Esos códigos de recuperación se mostraron durante demasiado tiempo. Guarde en su lugar los de esta página.
flash-too_many_codes = Demasiados códigos incorrectos. Vuelva a iniciar sesión.
flash-recovery_codes_left =
    { $count ->
        [one] Queda { $count } código de recuperación
       *[other] Quedan { $count } códigos de recuperación
    }
flash-another_account = Ahora tiene la sesión iniciada con otra cuenta, por lo que no se ha cambiado nada.
flash-failed_attempts =
    { $count ->
        [one] Desde su último inicio de sesión, hubo { $count } intento fallido de iniciar sesión en su cuenta.
       *[other] Desde su último inicio de sesión, hubo { $count } intentos fallidos de iniciar sesión en su cuenta.
    }
flash-failed_attempts-or-more =
    { $count ->
        [one] Desde su último inicio de sesión, hubo al menos { $count } intento fallido de iniciar sesión en su cuenta.
       *[other] Desde su último inicio de sesión, hubo al menos { $count } intentos fallidos de iniciar sesión en su cuenta.
    }
# Followed by a time
failed-attempts-first = El primero:
failed-attempts-see = Ver su actividad reciente
if-not-you-change-password = Si no fue usted, cambie su contraseña.

## The home page

welcome = Le damos la bienvenida
welcome-to = Le damos la bienvenida a { $site }
home-log-in = Una cuenta, una sola puerta. Inicie sesión para continuar.
home-log-in-or-sign-up = Una cuenta, una sola puerta. Inicie sesión para continuar o cree una cuenta si aún no la tiene.
hello = Hola, { $username }
you-are-logged-in = Ha iniciado sesión.
your-account = Su cuenta

## The form to log in

# $days: how long
keep-me-logged-in =
    { $days ->
        [one] Mantener la sesión iniciada durante { $days } día
       *[other] Mantener la sesión iniciada durante { $days } días
    }
log-in-refused = El nombre de usuario o la contraseña son incorrectos
log-in-with-passkey = Iniciar sesión con una llave de acceso
forgot-your-password = ¿Olvidó su contraseña?
no-account-yet = ¿No tiene una cuenta? Cree una.

## The second step of a log-in

second-step = Escriba su código
second-step-text = Abra su aplicación de autenticación y escriba el código que muestra para { $site }.
second-step-recovery-text = Escriba uno de los códigos de recuperación que guardó. Cada uno sirve una sola vez.
code-from-app = Código de su aplicación
recovery-code = Código de recuperación
use-recovery-code = Usar un código de recuperación
use-app-code = Usar un código de su aplicación
use-passkey = Usar una llave de acceso
second-step-passkey-text = Su cuenta pide una llave de acceso. Si no la tiene aquí, escriba uno de los códigos de recuperación que guardó. Cada uno sirve una sola vez.
trust-device =
    { $days ->
        [one] No volver a preguntar en este dispositivo durante { $days } día
       *[other] No volver a preguntar en este dispositivo durante { $days } días
    }

## Where a browser keeps no cookies

no-cookies = Su navegador no guarda cookies
no-cookies-text = No ha iniciado sesión. Para mantener su sesión iniciada, este sitio necesita una cookie, pero su navegador no la ha devuelto.
# Followed by the address of the site
no-cookies-address = Abra este sitio en la dirección siguiente. En cualquier otra dirección, la cookie no se guarda.
no-cookies-settings = Permita las cookies de este sitio en la configuración de su navegador y en cualquier extensión que las bloquee.
log-in-again = Volver a iniciar sesión

## The page that asks whether to log out

log-out-question = ¿Quiere cerrar sesión?
log-out-text = Aún no ha cambiado nada. Es posible que haya llegado aquí por un enlace de otro sitio.

## The form to sign up

already-an-account = ¿Ya tiene una cuenta? Inicie sesión.
sign-up-refused-closed = No se admiten cuentas nuevas.
sign-up-refused-invitation_required = Para crear una cuenta, necesita una invitación.
sign-up-refused-invitation_expired = Esta invitación ha caducado o ya se ha usado.

## Check your mail: the address has to be verified before the first log-in

check-mail = Revise su correo
check-mail-sent = Para poder iniciar sesión, primero tiene que verificar su dirección de correo electrónico. Hemos enviado un enlace a { $address }.
check-mail-open = Abra el enlace y pulse “Verificar esta dirección”. Si no ha recibido ningún mensaje, mire en la carpeta de spam.
check-mail-no-address = Para que usted pueda iniciar sesión, su cuenta necesita una dirección de correo electrónico verificada, y no tiene ninguna.
check-mail-ask = Pida a la administración de este sitio que añada una.
send-link-again = Volver a enviar el enlace

## The form for a forgotten password

forgotten-password-text = Si su cuenta tiene una dirección de correo electrónico verificada, enviaremos un enlace a esa dirección. Con ese enlace podrá crear una contraseña nueva.
forgotten-password-no-mail = Si en unos minutos no recibe ningún mensaje, mire en la carpeta de spam. Si su cuenta no tiene una dirección verificada, póngase en contacto con la administración de este sitio.
login-error-empty = Escriba su nombre de usuario o su dirección de correo electrónico
send-link = Enviar un enlace

## A link that is good no longer

link-expired = Este enlace ha caducado
link-expired-text = Este enlace ha caducado o ya se ha usado.
link-expired-send = Enviar un enlace nuevo
link-expired-ask = Pida uno nuevo a la persona que se lo dio.

## The form to set a password by a link

new-password-for = Contraseña nueva para { $username }
all-devices-logged-out = Se cerrará la sesión en todos sus dispositivos.
set-password = Crear contraseña

## Where a link to verify an address leads

verify-title = Verificar { $address }
verify-question = ¿Es suya esta cuenta?
verify-text = En la cuenta “{ $username }” se ha indicado la dirección { $address }.
verify-warning = Verifíquela solo si la cuenta es suya. Quien creó la cuenta eligió también la contraseña.
verify-this-address = Verificar esta dirección
this-was-not-me = No fui yo

## Where a link to put an address back leads

undo-title = Restaurar { $address }
undo-heading = Restaurar su dirección
undo-text = En la cuenta “{ $username }” se ha indicado otra dirección de correo electrónico. Si no fue usted, restaure { $address }.
undo-effect = Se cerrará la sesión en todos los dispositivos y, a continuación, creará una contraseña nueva.
undo-button = Restaurar esta dirección

## The account page

member-since = Miembro desde
menu-sessions = Sesiones abiertas
menu-activity = Actividad reciente
menu-password = Cambiar la contraseña
menu-second-factor = Verificación en dos pasos
menu-passkeys = Llaves de acceso
menu-email = Su dirección de correo electrónico
menu-username = Cambiar el nombre de usuario
menu-delete = Eliminar la cuenta

## Where the user is logged in

sessions-text = Si no reconoce un dispositivo, cierre la sesión en él y cambie su contraseña.
this-device = Este dispositivo
# Followed by a network address
# Followed by a time
last-seen = Última actividad:
logged-in-since = Inicio de sesión:
# How somebody logged in
logged-in-by-password = Contraseña
logged-in-by-password-totp = Contraseña y código
logged-in-by-password-recovery_code = Contraseña y código de recuperación
logged-in-by-passkey = Llave de acceso
logged-in-by-password-passkey = Contraseña y llave de acceso
log-out-device = Cerrar sesión
log-out-this-device = Cerrar sesión: { $device } (última actividad: { $time })
log-out-others = Cerrar sesión en todos los demás dispositivos
known-devices = Dispositivos en los que ha iniciado sesión
known-devices-text = Si un desconocido escribe demasiadas contraseñas incorrectas, usted no tendrá que esperar en estos dispositivos, aunque haya cerrado sesión. Quite los que ya no use.
last-log-in = Último inicio de sesión:
first-log-in = Primer inicio de sesión:
# Followed by a time
trusted-until = En él no se pide ningún código hasta:
forget-device = Quitar
forget-this-device = Quitar: { $device } (último inicio de sesión: { $time })

## Recent activity

activity-kept =
    { $days ->
        [one] La actividad se conserva durante { $days } día.
       *[other] La actividad se conserva durante { $days } días.
    }
activity-not-you = Si algo de lo que aparece aquí no lo hizo usted, cambie su contraseña.
activity-none = No hay nada más que mostrar.
activity-older = Anteriores
activity-by-operator = Por la administración de este sitio
event-logged_in = Inicio de sesión
event-log_in_failed = Intento fallido de iniciar sesión
event-log_in_failed-in-a-row =
    { $count ->
        [one] { $count } intento fallido de iniciar sesión
       *[other] { $count } intentos fallidos de iniciar sesión
    }
activity-addresses =
    { $count ->
        [one] Desde { $count } dirección IP
       *[other] Desde { $count } direcciones IP
    }
# Followed by a time
activity-last-attempt = Último intento:
activity-first-attempt = Primer intento:
activity-show-attempts = Mostrar los intentos
activity-more-attempts =
    { $count ->
        [one] Y { $count } más
       *[other] Y { $count } más
    }
event-reauthentication_failed = Contraseña o llave de acceso incorrecta con la sesión iniciada
event-logged_out = Cierre de sesión
event-session_ended = Sesión cerrada en un dispositivo
event-sessions_ended = Sesión cerrada en todos los demás dispositivos
event-password_changed = Contraseña cambiada
event-username_changed = Nombre de usuario cambiado
event-device_forgotten = Dispositivo quitado de la lista
event-reset_link_made = Enlace de un solo uso creado
event-password_reset = Contraseña nueva creada con un enlace de un solo uso
event-account_created = Cuenta creada
event-account_imported = Cuenta importada de otro sistema
event-password_imported = Contraseña importada de otro sistema
event-account_closed = Cuenta cerrada
event-account_deleted = Cuenta eliminada
event-account_deleted_by_operator = Cuenta eliminada
event-account_reopened = Cuenta reabierta
event-sessions_ended_by_operator = Sesión cerrada en todos los dispositivos
event-username_changed_by_operator = Nombre de usuario cambiado
event-waits_forgiven = Esperas por intentos fallidos anuladas
event-reset_requested = Enlace para crear una contraseña nueva enviado por correo electrónico
event-email_given = Dirección de correo electrónico indicada
event-verification_requested = Enlace para verificar la dirección de correo electrónico solicitado de nuevo
event-email_verified = Dirección de correo electrónico verificada
event-email_rejected = Dirección de correo electrónico quitada por la persona que recibe los mensajes en ella
event-email_undone = Dirección de correo electrónico anterior restaurada con un enlace
event-email_set_by_operator = Dirección de correo electrónico asignada
event-throttled = Demasiados intentos; algunos se rechazaron
event-second_factor_turned_on = Verificación en dos pasos activada
event-second_factor_replaced = Otra aplicación de autenticación configurada
event-second_factor_turned_off = Verificación en dos pasos desactivada
event-second_factor_removed = Verificación en dos pasos eliminada
event-recovery_codes_made = Códigos de recuperación nuevos creados
event-recovery_code_used = Código de recuperación usado
event-second_step_failed = Contraseña correcta, código o llave de acceso incorrectos
event-second_step_guessed = Tres códigos incorrectos después de la contraseña correcta
event-second_step_throttled = Demasiados códigos incorrectos; algunos se rechazaron
event-passkey_added = Llave de acceso añadida
event-passkey_renamed = Llave de acceso renombrada
event-passkey_removed = Llave de acceso quitada
event-passkey_refused = Llave de acceso rechazada porque podría ser una copia
event-password_removed = Contraseña eliminada

## Devices. Names of browsers and systems are the same in every language

device = { $browser } en { $system }
unknown-device = Dispositivo desconocido
an-app = Una aplicación

## The form to change the password

password-change-effect = Se cerrará la sesión en todos sus demás dispositivos.
change-password = Cambiar la contraseña
no-password = Su cuenta no tiene contraseña. Inicia sesión con una llave de acceso.
no-password-nor-passkey = Su cuenta no tiene contraseña.
set-password-by-link = Recibir un enlace para crear una contraseña
set-password-ask = Para tener una contraseña, pida a la administración de este sitio un enlace para crearla.

## Two-step verification: what is set up

second-factor-text = Con la verificación en dos pasos, al iniciar sesión se le pide su contraseña y un código de una aplicación de su teléfono. Quien averigüe su contraseña no podrá iniciar sesión solo con ella.
second-factor-is-off = La verificación en dos pasos está desactivada.
authenticator-app = Aplicación de autenticación
# Followed by a time
app-set-up-on = Configurada:
recovery-codes = Códigos de recuperación
few-recovery-codes =
    { $count ->
        [0] No le queda ningún código de recuperación.
        [one] Solo le queda { $count } código de recuperación.
       *[other] Solo le quedan { $count } códigos de recuperación.
    }
make-recovery-codes = Crear códigos de recuperación nuevos
set-up-app = Configurar una aplicación
set-up-another-app = Configurar otra aplicación
turn-off-heading = Desactivar la verificación en dos pasos
turn-off-text = Después bastará con su contraseña para iniciar sesión. Se eliminarán sus códigos de recuperación.
code-or-recovery-code = Código de su aplicación o código de recuperación
turn-off = Desactivar
second-factor-by-passkey = Después de la contraseña, al iniciar sesión se pide una de sus llaves de acceso.
second-factor-or-passkey = Una llave de acceso protege su cuenta todavía mejor, y no hay que escribir ningún código.
see-passkeys = Ver sus llaves de acceso
turn-off-app-heading = Desactivar la aplicación de autenticación
turn-off-app-text = Después de la contraseña, al iniciar sesión se pedirá entonces una llave de acceso. Sus códigos de recuperación siguen igual.

## Passkeys

passkeys-text = Con una llave de acceso inicia sesión con una huella, con la cara o con el PIN de su dispositivo. Solo funciona en este sitio, así que nadie puede quitársela con engaños.
passkeys-none = Todavía no tiene llaves de acceso.
passkey-backup-synced = sincronizada
passkey-backup-eligible = aún sin sincronizar
passkey-backup-this_device_only = solo en este dispositivo
# Followed by a time
passkey-added = Añadida:
passkey-last-used = Último uso:
passkey-never-used = Aún sin usar
passkey-rename = Cambiar el nombre
passkey-rename-this = Cambiar el nombre de { $name }
passkey-name = Nombre
passkey-name-optional = Nombre (opcional)
passkey-save-name = Guardar el nombre
passkey-remove = Quitar
passkey-remove-this = Quitar { $name }
add-passkey = Añadir una llave de acceso
add-passkey-text = Su navegador le pregunta dónde guardarla: en este dispositivo, en un teléfono o en una llave de seguridad.
passkeys-need-script = Para añadir una llave de acceso necesita un navegador compatible y con JavaScript activado.
passkeys-problem-last_way_in = Esa llave de acceso es su única forma de iniciar sesión. Añada antes otra, o cree una contraseña.
passkeys-problem-password_needed = Su contraseña se mantiene por ahora. Para eliminarla necesita dos llaves de acceso, o una llave de acceso y un código de recuperación.
remove-password-heading = Eliminar la contraseña
remove-password-text = Desde entonces solo se inicia sesión con una llave de acceso, y una contraseña robada no le sirve a nadie. Más adelante puede volver a crear una contraseña con un enlace.
remove-my-password = Eliminar mi contraseña
passkey-error-failed = No ha funcionado. Recargue la página e inténtelo de nuevo.
passkey-error-not_allowed = No ha funcionado. Se canceló, tardó demasiado, o hace falta un PIN, una huella o un rostro que no se ha configurado.
passkey-error-other_site = Las llaves de acceso no funcionan en esta dirección. Abra este sitio en su dirección habitual e inténtelo de nuevo.
passkey-error-network = No se puede conectar con este sitio. Compruebe su conexión e inténtelo de nuevo.
passkey-error-expired = Ha tardado demasiado. Inténtelo de nuevo.
passkey-error-unknown = Este sitio no conoce esa llave de acceso. Quizá se quitó de la cuenta. Use otra, o inicie sesión de otra manera.
passkey-error-refused = Esa llave de acceso no es la correcta. Use otra.
passkey-error-counter_went_back = Esa llave de acceso se ha rechazado porque podría haber una copia. Inicie sesión de otra manera, quítela de su cuenta y añada una nueva.
passkey-error-backup_changed = Esa llave de acceso se ha rechazado porque ahora se puede sincronizar y cuando se añadió no se podía, o al revés. Inicie sesión de otra manera, quítela de su cuenta y vuelva a añadirla.
passkey-error-not_verified = Esa llave de acceso no ha comprobado que sea usted. Configure para ella un PIN, una huella o su rostro e inténtelo de nuevo.
passkey-error-already_added = Ese dispositivo o esa llave de seguridad ya tiene una llave de acceso para su cuenta.
passkey-error-too_many = Su cuenta tiene tantas llaves de acceso como puede tener. Quite una para añadir otra.
passkey-error-throttled = Se han probado demasiados códigos. Espere unos minutos e inténtelo de nuevo.
passkey-error-name_empty = Escriba un nombre
passkey-error-name_too_long = Ese nombre es demasiado largo. Puede tener como máximo 60 caracteres.
passkey-error-name_bad_character = Un nombre no puede contener caracteres de control. Use letras, números, espacios y símbolos.

## Two-step verification: the set-up of an app

totp-title = Configurar su aplicación de autenticación
totp-required = Este sitio exige a todas las personas la verificación en dos pasos. Configúrela para continuar.
totp-scan = Escanee este código QR con una aplicación de autenticación de su teléfono.
totp-qr-code = Código QR para su aplicación de autenticación
totp-key = Si no puede escanearlo, escriba esta clave en la aplicación:
totp-open = Abrir una aplicación de autenticación en este dispositivo
totp-replaces = Los códigos de la aplicación que tiene ahora dejarán de servir. Sus códigos de recuperación siguen siendo válidos.
code-of-present-app = Código de la aplicación que tiene ahora o código de recuperación
code-of-new-app = Código de la aplicación nueva
turn-on = Activar
add-passkey-instead = Añadir una llave de acceso en su lugar
set-up-app-instead = Configurar una aplicación de autenticación en su lugar

## Two-step verification: recovery codes, shown once

recovery-codes-title = Guarde sus códigos de recuperación
recovery-codes-text = Con uno de estos códigos podrá iniciar sesión cuando no tenga su aplicación ni su llave de acceso. Cada uno sirve una sola vez. Guárdelos donde nadie más pueda leerlos, y no solo en su teléfono.
recovery-codes-replace = Sustituirán a los códigos que tiene en cuanto pulse “Los he guardado”.
recovery-codes-file = Códigos de recuperación de { $username } en { $site }. Cada uno sirve una sola vez.
download = Descargar
copy = Copiar
copied = Copiado
print = Imprimir
have-saved-codes = Los he guardado

## The form to change the username

username-change-text = A partir de ese momento, iniciará sesión con el nombre nuevo y ya no con el anterior.
# Of the old name
old-name-reserved =
    { $days ->
        [one] Nadie más podrá usar el nombre anterior durante { $days } día. Hasta entonces, usted puede recuperarlo.
       *[other] Nadie más podrá usar el nombre anterior durante { $days } días. Hasta entonces, usted puede recuperarlo.
    }
old-name-free = Otra persona podrá usar el nombre anterior de inmediato.
change-username = Cambiar el nombre de usuario

## The account's e-mail address

email-purpose = Con una dirección verificada, podrá crear una contraseña nueva si olvida la suya, y le avisaremos cuando ocurra algo en su cuenta.
email-verified = Verificada
email-not-verified = Aún sin verificar
email-sent = Abra el enlace del correo enviado a { $address } para verificar la dirección. Si no lo ha recibido, mire en la carpeta de spam o pida que se lo enviemos de nuevo.
email-another = Otra dirección de correo electrónico
email-change-effect = Avisaremos de inmediato a { $address }. Esa seguirá siendo su dirección hasta que se verifique la otra.
change-address = Cambiar la dirección
add-address = Añadir la dirección

## The form to delete the account

delete-warning = Esta acción no se puede deshacer. Se eliminará de inmediato lo siguiente:
delete-account = su cuenta y su contraseña
delete-account-of = su cuenta { $username } y su contraseña
delete-sessions = las sesiones de todos los dispositivos
delete-activity = su actividad reciente
delete-name-reserved =
    { $days ->
        [one] Durante { $days } día, nadie podrá crear una cuenta con su nombre de usuario, ni siquiera usted. Después, cualquiera podrá hacerlo.
       *[other] Durante { $days } días, nadie podrá crear una cuenta con su nombre de usuario, ni siquiera usted. Después, cualquiera podrá hacerlo.
    }
delete-name-free = Cualquiera podrá crear de inmediato una cuenta con su nombre de usuario.
delete-my-account = Eliminar mi cuenta

## The form that asks for the password again

reauthentication-title = Confirme su contraseña
reauthentication-text = Inició sesión hace algún tiempo. Vuelva a escribir su contraseña para continuar.
go-on = Continuar
confirm-identity = Confirme su identidad
reauthentication-passkey-text = Inició sesión hace algún tiempo. Confirme su identidad para continuar.
passkey-needs-script = Una llave de acceso solo funciona en un navegador compatible y con JavaScript activado. Actívelo o use otro navegador.

## Error pages, by their status

error-number = Error { $status }
error-quote = Si nos comunica este error, indique:
# Followed by the address of the site
error-site-at = La dirección de este sitio es la siguiente. Si su navegador muestra otra, abra esta.
go-to-home = Ir a la página principal
error-title-400 = No se puede leer la solicitud
error-text-400 = Su navegador envió algo que este sitio no pudo leer. Vuelva atrás, recargue la página e inténtelo de nuevo.
error-title-403 = Eso no está permitido
error-text-403 = Por su seguridad, no se ha cambiado nada: la solicitud venía de otro sitio o no era para usted. Si fue usted, empiece de nuevo desde la página principal.
error-title-404 = Página no encontrada
error-text-404 = No hay nada en esta dirección. Si la escribió, compruebe que no tenga errores; si siguió un enlace, puede que ya no sea válido.
error-title-405 = Eso no funciona aquí
error-text-405 = Esta dirección existe, pero lo que se envió corresponde a otro lugar. Empiece de nuevo desde la página principal.
error-title-413 = Es demasiado para una sola vez
error-text-413 = Se envió más de lo que este sitio admite. Acórtelo e inténtelo de nuevo.
error-title-415 = Ese formato no se admite
error-text-415 = Esta dirección solo admite lo que envía su propio formulario. Vuelva al formulario e inténtelo de nuevo.
error-title-422 = No se puede usar ese formulario
error-text-422 = En el formulario faltaba algo o aparecía dos veces. Vuelva atrás, recargue la página y rellénelo de nuevo.
error-title-429 = Demasiados intentos
error-text-429 = Para proteger las cuentas, el número de intentos es limitado. Espere unos minutos e inténtelo de nuevo.
error-title-500 = Algo ha fallado
error-text-500 = El error es nuestro, no suyo. Espere un minuto e inténtelo de nuevo.
error-title-503 = El sitio está ocupado
error-text-503 = En este momento hay más actividad de la que este sitio puede atender. Espere un minuto e inténtelo de nuevo.
error-title-other = No ha funcionado
error-text-other = Este sitio no pudo hacer lo que se le pidió. Vuelva atrás e inténtelo de nuevo, o empiece de nuevo desde la página principal.

## Mails: plain text, one paragraph a message, wrapped by the program

mail-hello = Hola:
mail-hello-you = Hola, { $username }:
mail-from = Desde: { $device }
mail-from-address = Desde: { $device }, { $address }
mail-not-you = Si no fue usted, es posible que otra persona haya entrado en su cuenta. Abra { $url } en su navegador, inicie sesión, cambie su contraseña y revise “Sesiones abiertas” y “Actividad reciente”. Si no puede iniciar sesión, use “¿Olvidó su contraseña?” en la página de inicio de sesión.
mail-not-your-passkey = Si no fue usted, es posible que otra persona haya entrado en su cuenta. Abra { $url } en su navegador, inicie sesión, quite todas las llaves de acceso que no sean suyas, cambie su contraseña y revise “Sesiones abiertas” y “Actividad reciente”. Si no puede iniciar sesión, use “¿Olvidó su contraseña?” en la página de inicio de sesión.
mail-ask-operator = Si no sabe el motivo, póngase en contacto con la administración del sitio.
mail-footer = Este mensaje se ha enviado de forma automática. Nunca le pediremos su contraseña por correo electrónico.
mail-link-once-second =
    { $count ->
        [one] El enlace funciona una sola vez y caduca en { $count } segundo.
       *[other] El enlace funciona una sola vez y caduca en { $count } segundos.
    }
mail-link-once-minute =
    { $count ->
        [one] El enlace funciona una sola vez y caduca en { $count } minuto.
       *[other] El enlace funciona una sola vez y caduca en { $count } minutos.
    }
mail-link-once-hour =
    { $count ->
        [one] El enlace funciona una sola vez y caduca en { $count } hora.
       *[other] El enlace funciona una sola vez y caduca en { $count } horas.
    }

mail-verify_email-subject = Verifique su dirección de correo electrónico para { $site }
mail-verify_email-text = Alguien ha indicado esta dirección de correo electrónico para la cuenta “{ $username }” en { $site }. Si fue usted, abra esta página y confírmelo:
mail-verify_email-pages = Abrir la página no cambia nada mientras no pulse uno de sus botones.
mail-verify_email-not-you = Si no fue usted, abra la página y pulse “No fui yo”, y quitaremos la dirección de esa cuenta. Si no hace nada, no ocurrirá nada.

mail-reset_password-subject = Cree una contraseña nueva para { $site }
mail-reset_password-text = Alguien ha pedido un enlace para crear una contraseña nueva para su cuenta “{ $username }” en { $site }. Si fue usted, abra esta página:
mail-reset_password-unchanged = Su contraseña seguirá siendo la misma hasta que cree otra allí.
mail-reset_password-not-you = Si no fue usted, no tiene que hacer nada: solo quien pueda leer su correo puede usar el enlace. No se lo dé a nadie.

mail-account_exists-subject = Ya tiene una cuenta: { $username }
mail-account_exists-text = Alguien acaba de indicar esta dirección de correo electrónico para una cuenta en { $site }. Usted ya tiene una cuenta: { $username }
mail-account_exists-you = Si fue usted, inicie sesión con la cuenta que ya tiene. Si ha olvidado la contraseña, use “¿Olvidó su contraseña?” en la página de inicio de sesión. Si no fue usted, no tiene que hacer nada: la dirección sigue siendo suya y nadie ha sabido que usted tiene una cuenta.

mail-undo_email-subject = Se está cambiando la dirección de correo electrónico de su cuenta
mail-undo_email-text = El { $time }, se indicó otra dirección de correo electrónico para su cuenta “{ $username }” en { $site }. Avisamos a esta dirección porque es, o era, la de la cuenta.
mail-undo_email-not-you = Si fue usted, no tiene que hacer nada. Si no fue usted, abra esta página. Con ella se restaura esta dirección, se cierra la sesión en todos los dispositivos y usted puede crear una contraseña nueva:
mail-undo_email-good-for-second =
    { $count ->
        [one] El enlace caduca en { $count } segundo y funciona aunque alguien haya cambiado su contraseña.
       *[other] El enlace caduca en { $count } segundos y funciona aunque alguien haya cambiado su contraseña.
    }
mail-undo_email-good-for-minute =
    { $count ->
        [one] El enlace caduca en { $count } minuto y funciona aunque alguien haya cambiado su contraseña.
       *[other] El enlace caduca en { $count } minutos y funciona aunque alguien haya cambiado su contraseña.
    }
mail-undo_email-good-for-hour =
    { $count ->
        [one] El enlace caduca en { $count } hora y funciona aunque alguien haya cambiado su contraseña.
       *[other] El enlace caduca en { $count } horas y funciona aunque alguien haya cambiado su contraseña.
    }

mail-logged_in-subject = Alguien ha iniciado sesión en su cuenta desde un dispositivo nuevo
mail-logged_in-text = El { $time }, alguien inició sesión en su cuenta “{ $username }” en { $site } desde un dispositivo que no se había usado antes.

mail-password_changed-subject = Se ha cambiado su contraseña
mail-password_changed-text = El { $time }, se cambió la contraseña de su cuenta “{ $username }” en { $site }. Se cerró la sesión en todos los demás dispositivos.

mail-password_reset-subject = Se ha creado una contraseña nueva para su cuenta con un enlace
mail-password_reset-text = El { $time }, se creó una contraseña nueva para su cuenta “{ $username }” en { $site } con un enlace de un solo uso. Se cerró la sesión en todos los dispositivos.

mail-username_changed-subject = Se ha cambiado su nombre de usuario
mail-username_changed-text = El { $time }, se cambió el nombre de usuario de su cuenta en { $site }. Ahora es “{ $username }”.
mail-username_changed_by_operator-subject = Se ha cambiado su nombre de usuario
mail-username_changed_by_operator-text = El { $time }, la administración de { $site } cambió el nombre de usuario de su cuenta. Ahora es “{ $username }”. Su contraseña sigue siendo la misma.

mail-email_set_by_operator-subject = Se ha asignado la dirección de correo electrónico de su cuenta
mail-email_set_by_operator-text = El { $time }, la administración de { $site } asignó otra dirección de correo electrónico a su cuenta “{ $username }”. Este mensaje se envía a la dirección que la cuenta tenía antes.

mail-account_closed-subject = Se ha cerrado su cuenta
mail-account_closed-text = El { $time }, la administración de { $site } cerró su cuenta “{ $username }”. Nadie puede iniciar sesión en ella, y se cerró la sesión en todos los dispositivos.
mail-account_reopened-subject = Se ha reabierto su cuenta
mail-account_reopened-text = El { $time }, la administración de { $site } reabrió su cuenta “{ $username }”. Ya puede volver a iniciar sesión con la contraseña que tenía.
mail-account_deleted-subject = Se ha eliminado su cuenta
mail-account_deleted-text = El { $time }, se eliminó su cuenta “{ $username }” en { $site }, con todo lo que contenía. Este es el último mensaje sobre ella.
mail-account_deleted-not-you = Si no fue usted, póngase en contacto con la administración del sitio.
mail-account_deleted_by_operator-subject = Se ha eliminado su cuenta
mail-account_deleted_by_operator-text = El { $time }, la administración de { $site } eliminó su cuenta “{ $username }”, con todo lo que contenía. Este es el último mensaje sobre ella.

mail-second_factor_turned_on-subject = Se ha activado la verificación en dos pasos
mail-second_factor_turned_on-text = El { $time }, se activó la verificación en dos pasos en su cuenta “{ $username }” en { $site }. A partir de ahora, al iniciar sesión también se pide un código de una aplicación.
mail-second_factor_replaced-subject = Se ha configurado otra aplicación de autenticación
mail-second_factor_replaced-text = El { $time }, se configuró otra aplicación de autenticación en su cuenta “{ $username }” en { $site }. Los códigos de la aplicación anterior ya no sirven.
mail-second_factor_turned_off-subject = Se ha desactivado la verificación en dos pasos
mail-second_factor_turned_off-text = El { $time }, se desactivó la verificación en dos pasos en su cuenta “{ $username }” en { $site }. Al iniciar sesión ya no se pide un código de una aplicación.
mail-second_factor_removed-subject = Se ha eliminado la verificación en dos pasos
mail-second_factor_removed-text = El { $time }, la administración de { $site } eliminó la verificación en dos pasos de su cuenta “{ $username }”. Para iniciar sesión basta con la contraseña.
mail-recovery_codes_made-subject = Se han creado códigos de recuperación nuevos
mail-recovery_codes_made-text = El { $time }, se crearon códigos de recuperación nuevos para su cuenta “{ $username }” en { $site }. Los anteriores ya no sirven.
mail-recovery_code_used-subject = Se ha usado un código de recuperación
mail-recovery_code_used-text = El { $time }, alguien inició sesión en su cuenta “{ $username }” en { $site } con la contraseña y un código de recuperación. Ese código ya no sirve.
mail-second_step_guessed-subject = Códigos incorrectos en su cuenta
mail-second_step_guessed-text = Alguien ha escrito la contraseña correcta de su cuenta “{ $username }” en { $site } y después tres códigos incorrectos, el último el { $time }. Nadie ha iniciado sesión.
mail-second_step_throttled-subject = Demasiados códigos incorrectos en su cuenta
mail-second_step_throttled-text = Alguien ha escrito la contraseña correcta de su cuenta “{ $username }” en { $site } y después demasiados códigos incorrectos, el último el { $time }. Nadie ha iniciado sesión. Durante unos minutos no se aceptan más códigos.
mail-second_step_throttled-not-you = Si no fue usted, alguien conoce su contraseña. Abra { $url } en su navegador, use “¿Olvidó su contraseña?” en la página de inicio de sesión y elija una contraseña que no use en ningún otro sitio.

mail-passkey_added-subject = Se ha añadido una llave de acceso a su cuenta
mail-passkey_added-text = El { $time }, se añadió una llave de acceso a su cuenta “{ $username }” en { $site }. Con ella se inicia sesión sin contraseña.
mail-passkey_renamed-subject = Se ha cambiado el nombre de una llave de acceso de su cuenta
mail-passkey_renamed-text = El { $time }, se dio otro nombre a una llave de acceso de su cuenta “{ $username }” en { $site }.
mail-passkey_removed-subject = Se ha quitado una llave de acceso de su cuenta
mail-passkey_removed-text = El { $time }, se quitó una llave de acceso de su cuenta “{ $username }” en { $site }. Ya no sirve para iniciar sesión.
mail-passkey_refused-subject = Se ha rechazado una llave de acceso de su cuenta
mail-passkey_refused-text = El { $time }, alguien intentó usar una llave de acceso de su cuenta “{ $username }” en { $site }. Se rechazó porque podría ser una copia. No se dejó entrar a nadie. Si fue usted, inicie sesión de otra manera, quite la llave de acceso y vuelva a añadirla.
mail-password_removed-subject = Se ha eliminado su contraseña
mail-password_removed-text = El { $time }, se eliminó la contraseña de su cuenta “{ $username }” en { $site }. A partir de ahora solo se inicia sesión con una llave de acceso.

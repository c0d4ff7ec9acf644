### Portuguese of Brazil. en.ftl has the explanations.

## What the language is called in its own words, for the list at the foot of each page.

language-name = Português (Brasil)

## Around every page

error-prefix = Erro:
skip-to-content = Ir para o conteúdo
main-navigation = Principal
account = Conta
log-in = Entrar
sign-up = Criar conta
log-out = Sair
look-at-address-bar = { $site }. Confira a barra de endereço antes de digitar uma senha.
there-is-a-problem = Há um problema
language = Idioma
change-language = Mudar idioma
back-to-account = Voltar para sua conta
back-to-log-in = Voltar para a página de login
back-to-home = Voltar para a página inicial

## Times, in UTC. $month is a number from 1 to 12, $time is 22:40

moment =
    { $month ->
        [1] { $day } de janeiro de { $year } às { $time } UTC
        [2] { $day } de fevereiro de { $year } às { $time } UTC
        [3] { $day } de março de { $year } às { $time } UTC
        [4] { $day } de abril de { $year } às { $time } UTC
        [5] { $day } de maio de { $year } às { $time } UTC
        [6] { $day } de junho de { $year } às { $time } UTC
        [7] { $day } de julho de { $year } às { $time } UTC
        [8] { $day } de agosto de { $year } às { $time } UTC
        [9] { $day } de setembro de { $year } às { $time } UTC
        [10] { $day } de outubro de { $year } às { $time } UTC
        [11] { $day } de novembro de { $year } às { $time } UTC
       *[12] { $day } de dezembro de { $year } às { $time } UTC
    }
moment-short = { $day }/{ $month }/{ $year }, { $time } UTC

## How long to wait after too many attempts, rounded up

wait-second =
    { $count ->
        [one] Muitas tentativas. Tente novamente em { $count } segundo.
       *[other] Muitas tentativas. Tente novamente em { $count } segundos.
    }
wait-minute =
    { $count ->
        [one] Muitas tentativas. Tente novamente em { $count } minuto.
       *[other] Muitas tentativas. Tente novamente em { $count } minutos.
    }
wait-hour =
    { $count ->
        [one] Muitas tentativas. Tente novamente em { $count } hora.
       *[other] Muitas tentativas. Tente novamente em { $count } horas.
    }

## Fields that several forms have

username = Nome de usuário
username-or-email = Nome de usuário ou e-mail
username-hint = Letras, números e . + - _
username-hint-with-address = Letras, números e @ . + - _; também pode ser um e-mail.
password = Senha
current-password = Senha atual
new-password = Nova senha
new-password-hint =
    { $min ->
        [one] Pelo menos { $min } caractere. Algumas palavras aleatórias funcionam bem.
       *[other] Pelo menos { $min } caracteres. Algumas palavras aleatórias funcionam bem.
    }
email = E-mail
email-optional = E-mail (opcional)
email-hint = Vamos enviar um link para este e-mail. Abra o link para verificar o e-mail.
show-password = Mostrar
show-password-label = Mostrar senha
hide-password = Ocultar
hide-password-label = Ocultar senha

## What is wrong with a username

username-error-empty = Digite um nome de usuário
username-error-taken = Esse nome de usuário já está em uso.
username-error-not_own_address = Esse nome de usuário é um e-mail. Use um nome sem @ ou o e-mail desta conta.
username-error-official = Esse nome de usuário é reservado para este site, para que ninguém possa se passar por ele. Escolha outro.
username-error-too_long = Esse nome de usuário é muito longo. Use de 1 a 64 letras (a–z, A–Z), números e @ . + - _, começando com uma letra ou um número.
username-error-bad_start = Esse nome de usuário não começa com uma letra nem com um número. Use de 1 a 64 letras (a–z, A–Z), números e @ . + - _, começando com uma letra ou um número.
username-error-bad_character = Esse nome de usuário tem um caractere que não é permitido. Use de 1 a 64 letras (a–z, A–Z), números e @ . + - _, começando com uma letra ou um número.

## What is wrong with a new password

password-error-empty = Digite uma senha
password-error-too_short =
    { $min ->
        [one] Essa senha é muito curta. Use pelo menos { $min } caractere.
       *[other] Essa senha é muito curta. Use pelo menos { $min } caracteres.
    }
password-error-too_long = Essa senha é muito longa. Ela pode ter no máximo 1024 bytes: 1024 caracteres simples, ou menos se houver acentos e emojis.
password-error-bad_character = A senha não pode ter caracteres de controle. Use letras, números, espaços e símbolos.
password-error-too_guessable-listed = Essa senha já vazou em algum lugar e está entre as primeiras que os invasores tentam. Escolha uma que você não use em nenhum outro lugar.
password-error-too_guessable-phrase = Essa é uma frase muito conhecida. Use algumas palavras que ninguém tenha juntado antes.
password-error-too_guessable-context = Essa senha é quase toda formada pelo seu nome de usuário ou por um nome deste site. Use palavras que não tenham nada a ver com eles.
password-error-too_guessable-common_words = Essa senha é quase toda formada por palavras que aparecem em muitas senhas. Use palavras mais raras, pelo menos três.
password-error-too_guessable-keyboard_pattern = Teclas vizinhas e sequências de números ou letras são fáceis de adivinhar. Use algumas palavras aleatórias.
password-error-too_guessable-repetition = Evite repetir palavras e caracteres: a senha fica mais longa, mas não mais difícil de adivinhar. Use palavras diferentes.
password-error-too_guessable-date = Datas e anos são fáceis de adivinhar. Use algumas palavras aleatórias.
password-error-too_guessable-common_password = Muitas pessoas usam essa senha ou uma parecida. Acrescente algumas palavras que não tenham nada a ver com ela.
password-error-too_guessable-name = Nomes de pessoas são fáceis de adivinhar. Acrescente algumas palavras que não tenham nada a ver com eles.
password-error-too_guessable-single_word = Uma palavra sozinha é fácil de adivinhar. Use algumas palavras que não tenham nada a ver umas com as outras.
password-error-too_guessable-few_guesses = Essa senha é muito fácil de adivinhar. Use algumas palavras que não tenham nada a ver umas com as outras.

## What is wrong with the password that is asked for again

reauthentication-error-wrong = Essa não é a sua senha.

## What is wrong with an e-mail address

email-error-empty = Digite seu e-mail
email-error-too_long = Esse e-mail é muito longo.
email-error-bad_format = Esse não é um e-mail como nome@example.org. Ele pode ter letras sem acento nem cedilha, números e alguns símbolos.
email-link-error-taken = Esse e-mail pertence a outra conta.

## What is wrong with a code of two-step verification

code-error-empty = Digite um código
code-error-wrong = Esse código não está correto. Cada código só funciona uma vez: tente outro.
code-error-clock_ahead =
    { $count ->
        [one] O relógio do seu dispositivo está cerca de { $count } minuto adiantado. Acerte-o e tente novamente.
       *[other] O relógio do seu dispositivo está cerca de { $count } minutos adiantado. Acerte-o e tente novamente.
    }
code-error-clock_behind =
    { $count ->
        [one] O relógio do seu dispositivo está cerca de { $count } minuto atrasado. Acerte-o e tente novamente.
       *[other] O relógio do seu dispositivo está cerca de { $count } minutos atrasado. Acerte-o e tente novamente.
    }
code-error-outdated = Esse QR code é antigo demais. Escaneie o novo e digite o código que o aplicativo mostrar em seguida.

## Messages that are shown once, on the next page

flash-account_created = Conta criada. Agora, entre na sua conta.
flash-logged_out = Você saiu da sua conta.
flash-log_in_required = Entre na sua conta para continuar.
flash-session_expired = Entre na sua conta novamente.
flash-password_changed = Sua senha foi alterada. Todos os outros dispositivos foram desconectados.
flash-password_reset = Sua senha foi alterada. Agora, entre na sua conta.
flash-username_changed = Seu nome de usuário foi alterado.
flash-session_ended = Esse dispositivo foi desconectado.
flash-device_forgotten = Esse dispositivo foi removido da lista.
flash-other_sessions_ended = Todos os outros dispositivos foram desconectados.
flash-account_deleted = Sua conta foi excluída.
flash-reset_requested = Se essa conta tiver um e-mail verificado, enviamos um link para ele.
flash-email_given = Enviamos um link para esse e-mail. Abra o link para verificar o e-mail.
flash-email_unchanged = Esse já é o e-mail da sua conta.
flash-email_verified = Seu e-mail foi verificado.
flash-email_rejected = Agradecemos o aviso. Essa conta não tem mais o seu e-mail.
flash-mail_sent = Enviamos o link novamente.
flash-second_factor_turned_on = A verificação em duas etapas está ativada. A partir de agora, você também vai precisar de um código para entrar.
flash-second_factor_replaced = A partir de agora, os códigos vêm do seu novo aplicativo. Os do antigo não funcionam mais.
flash-second_factor_turned_off = A verificação em duas etapas está desativada. Sua senha basta para entrar.
flash-app_turned_off = Os códigos do aplicativo não são mais pedidos. Depois da senha, você precisa de uma chave de acesso para entrar.
flash-passkey_added = Sua chave de acesso foi adicionada. A partir de agora, você pode entrar com ela. Depois da senha, é pedida uma segunda etapa.
flash-passkey_renamed = A chave de acesso já está com o novo nome.
flash-passkey_removed = Essa chave de acesso foi removida. Ela não entra mais na sua conta. Todos os outros dispositivos foram desconectados.
flash-password_removed = Sua senha foi removida. A partir de agora, você entra com uma chave de acesso. Todos os outros dispositivos foram desconectados.
flash-recovery_codes_saved = Seus novos códigos de recuperação já estão valendo. Os anteriores não funcionam mais.
flash-recovery_codes_outdated = Esses códigos de recuperação ficaram na tela por tempo demais. Salve os que estão nesta página.
flash-too_many_codes = Muitos códigos incorretos. Entre na sua conta novamente.
flash-recovery_codes_left =
    { $count ->
        [one] Resta { $count } código de recuperação
       *[other] Restam { $count } códigos de recuperação
    }
flash-another_account = Agora você está usando outra conta, por isso nada foi alterado.
flash-failed_attempts =
    { $count ->
        [one] Houve { $count } tentativa malsucedida de entrar na sua conta desde o seu último acesso.
       *[other] Houve { $count } tentativas malsucedidas de entrar na sua conta desde o seu último acesso.
    }
flash-failed_attempts-or-more =
    { $count ->
        [one] Houve pelo menos { $count } tentativa malsucedida de entrar na sua conta desde o seu último acesso.
       *[other] Houve pelo menos { $count } tentativas malsucedidas de entrar na sua conta desde o seu último acesso.
    }
# Followed by a time
failed-attempts-first = A primeira:
failed-attempts-see = Ver sua atividade recente
if-not-you-change-password = Se não foi você, altere sua senha.

## The home page

welcome = Boas-vindas
welcome-to = Boas-vindas a { $site }
home-log-in = Uma conta, uma só porta. Entre para continuar.
home-log-in-or-sign-up = Uma conta, uma só porta. Entre para continuar ou crie uma conta, se ainda não tiver uma.
hello = Olá, { $username }
you-are-logged-in = Você entrou na sua conta.
your-account = Sua conta

## The form to log in

# $days: how long
keep-me-logged-in =
    { $days ->
        [one] Manter este dispositivo conectado por { $days } dia
       *[other] Manter este dispositivo conectado por { $days } dias
    }
log-in-refused = Nome de usuário ou senha incorretos
log-in-with-passkey = Entrar com uma chave de acesso
forgot-your-password = Esqueceu sua senha?
no-account-yet = Não tem uma conta? Crie uma.

## The second step of a log-in

second-step = Digite seu código
second-step-text = Abra seu aplicativo autenticador e digite o código que ele mostra para { $site }.
second-step-recovery-text = Digite um dos códigos de recuperação que você salvou. Cada um só funciona uma vez.
code-from-app = Código do seu aplicativo
recovery-code = Código de recuperação
use-recovery-code = Usar um código de recuperação
use-app-code = Usar um código do aplicativo
use-passkey = Usar uma chave de acesso
second-step-passkey-text = Sua conta pede uma chave de acesso. Se ela não estiver aqui, digite um dos códigos de recuperação que você salvou. Cada um só funciona uma vez.
trust-device =
    { $days ->
        [one] Não perguntar novamente neste dispositivo por { $days } dia
       *[other] Não perguntar novamente neste dispositivo por { $days } dias
    }

## Where a browser keeps no cookies

no-cookies = Seu navegador não guarda cookies
no-cookies-text = Você não entrou na sua conta. Para manter este dispositivo conectado, este site precisa de um cookie, mas seu navegador não o enviou de volta.
# Followed by the address of the site
no-cookies-address = Abra este site no endereço a seguir. Em qualquer outro endereço, o cookie não é guardado.
no-cookies-settings = Permita os cookies deste site nas configurações do navegador e em qualquer extensão que os bloqueie.
log-in-again = Entrar novamente

## The page that asks whether to log out

log-out-question = Quer sair da sua conta?
log-out-text = Nada mudou ainda. Talvez você tenha chegado aqui por um link de outro site.

## The form to sign up

already-an-account = Já tem uma conta? Entre.
sign-up-refused-closed = Não é possível criar novas contas.
sign-up-refused-invitation_required = Você precisa de um convite para criar uma conta.
sign-up-refused-invitation_expired = Este convite expirou ou já foi usado.

## Check your mail: the address has to be verified before the first log-in

check-mail = Confira seu e-mail
check-mail-sent = Antes de entrar na sua conta, você precisa verificar seu e-mail. Enviamos um link para { $address }.
check-mail-open = Abra o link e clique em “Verificar este e-mail”. Se não recebeu nenhuma mensagem, procure na pasta de spam.
check-mail-no-address = Para você poder entrar, sua conta precisa de um e-mail verificado, mas ela não tem nenhum.
check-mail-ask = Peça à administração deste site que adicione um.
send-link-again = Enviar o link novamente

## The form for a forgotten password

forgotten-password-text = Se sua conta tiver um e-mail verificado, vamos enviar um link para ele. Com esse link, você cria uma nova senha.
forgotten-password-no-mail = Se você não receber nenhuma mensagem em alguns minutos, procure na pasta de spam. Se sua conta não tiver um e-mail verificado, fale com a administração deste site.
login-error-empty = Digite seu nome de usuário ou e-mail
send-link = Enviar um link

## A link that is good no longer

link-expired = Este link expirou
link-expired-text = Este link expirou ou já foi usado.
link-expired-send = Enviar um novo link
link-expired-ask = Peça um novo link à pessoa que o deu a você.

## The form to set a password by a link

new-password-for = Nova senha para { $username }
all-devices-logged-out = Todos os seus dispositivos serão desconectados.
set-password = Criar senha

## Where a link to verify an address leads

verify-title = Verificar { $address }
verify-question = Esta conta é sua?
verify-text = O e-mail { $address } foi informado na conta “{ $username }”.
verify-warning = Só verifique o e-mail se a conta for sua. Quem criou a conta também escolheu a senha.
verify-this-address = Verificar este e-mail
this-was-not-me = Não fui eu

## Where a link to put an address back leads

undo-title = Restaurar { $address }
undo-heading = Restaurar seu e-mail
undo-text = Outro e-mail foi informado na conta “{ $username }”. Se não foi você, restaure { $address }.
undo-effect = Todos os dispositivos serão desconectados e, em seguida, você vai criar uma nova senha.
undo-button = Restaurar este e-mail

## The account page

member-since = Membro desde
menu-sessions = Dispositivos conectados
menu-activity = Atividade recente
menu-password = Alterar senha
menu-second-factor = Verificação em duas etapas
menu-passkeys = Chaves de acesso
menu-email = Seu e-mail
menu-username = Alterar nome de usuário
menu-delete = Excluir conta

## Where the user is logged in

sessions-text = Se não reconhecer um dispositivo, desconecte-o e altere sua senha.
this-device = Este dispositivo
# Followed by a network address
# Followed by a time
last-seen = Última atividade:
logged-in-since = Conectado desde:
# How somebody logged in
logged-in-by-password = Senha
logged-in-by-password-totp = Senha e código
logged-in-by-password-recovery_code = Senha e código de recuperação
logged-in-by-passkey = Chave de acesso
logged-in-by-password-passkey = Senha e chave de acesso
log-out-device = Desconectar
log-out-this-device = Desconectar: { $device } (última atividade: { $time })
log-out-others = Desconectar todos os outros dispositivos
known-devices = Dispositivos que você já usou para entrar
known-devices-text = Se um desconhecido digitar muitas senhas erradas, você não vai precisar esperar nestes dispositivos, mesmo depois de sair da conta. Remova os que você não usa mais.
last-log-in = Último acesso:
first-log-in = Primeiro acesso:
# Followed by a time
trusted-until = Nenhum código é pedido nele até:
forget-device = Remover
forget-this-device = Remover: { $device } (último acesso: { $time })

## Recent activity

activity-kept =
    { $days ->
        [one] A atividade fica guardada por { $days } dia.
       *[other] A atividade fica guardada por { $days } dias.
    }
activity-not-you = Se algo aqui não foi feito por você, altere sua senha.
activity-none = Não há mais nada para mostrar.
activity-older = Anteriores
activity-by-operator = Pela administração deste site
event-logged_in = Acesso à conta
event-log_in_failed = Tentativa malsucedida de entrar na conta
event-log_in_failed-in-a-row =
    { $count ->
        [one] { $count } tentativa malsucedida de entrar
       *[other] { $count } tentativas malsucedidas de entrar
    }
activity-addresses =
    { $count ->
        [one] De { $count } endereço IP
       *[other] De { $count } endereços IP
    }
# Followed by a time
activity-last-attempt = Última tentativa:
activity-first-attempt = Primeira tentativa:
activity-show-attempts = Mostrar as tentativas
activity-more-attempts =
    { $count ->
        [one] E mais { $count }
       *[other] E mais { $count }
    }
event-reauthentication_failed = Senha ou chave de acesso incorreta em um dispositivo conectado
event-logged_out = Saída da conta
event-session_ended = Um dispositivo foi desconectado
event-sessions_ended = Todos os outros dispositivos foram desconectados
event-password_changed = Senha alterada
event-username_changed = Nome de usuário alterado
event-device_forgotten = Um dispositivo foi removido da lista
event-reset_link_made = Link de uso único criado
event-password_reset = Nova senha criada por um link de uso único
event-account_created = Conta criada
event-account_imported = Conta importada de outro sistema
event-password_imported = Senha importada de outro sistema
event-account_closed = Conta encerrada
event-account_deleted = Conta excluída
event-account_deleted_by_operator = Conta excluída
event-account_reopened = Conta reaberta
event-sessions_ended_by_operator = Todos os dispositivos foram desconectados
event-username_changed_by_operator = Nome de usuário alterado
event-waits_forgiven = Espera por tentativas malsucedidas cancelada
event-reset_requested = Link para criar uma nova senha enviado por e-mail
event-email_given = E-mail informado
event-verification_requested = Link para verificar o e-mail solicitado novamente
event-email_verified = E-mail verificado
event-email_rejected = E-mail removido pela pessoa que recebe as mensagens nele
event-email_undone = E-mail anterior restaurado por um link
event-email_set_by_operator = E-mail definido
event-throttled = Muitas tentativas; algumas foram recusadas
event-second_factor_turned_on = Verificação em duas etapas ativada
event-second_factor_replaced = Outro aplicativo autenticador configurado
event-second_factor_turned_off = Verificação em duas etapas desativada
event-second_factor_removed = Verificação em duas etapas removida
event-recovery_codes_made = Novos códigos de recuperação criados
event-recovery_code_used = Código de recuperação usado
event-second_step_failed = Senha correta, código ou chave de acesso incorretos
event-second_step_guessed = Três códigos incorretos depois da senha correta
event-second_step_throttled = Muitos códigos incorretos; alguns foram recusados
event-passkey_added = Chave de acesso adicionada
event-passkey_renamed = Chave de acesso renomeada
event-passkey_removed = Chave de acesso removida
event-passkey_refused = Chave de acesso recusada porque pode ter sido copiada
event-password_removed = Senha removida

## Devices. Names of browsers and systems are the same in every language

device = { $browser } no { $system }
unknown-device = Dispositivo desconhecido
an-app = Um aplicativo

## The form to change the password

password-change-effect = Todos os seus outros dispositivos serão desconectados.
change-password = Alterar senha
no-password = Sua conta não tem senha. Você entra com uma chave de acesso.
no-password-nor-passkey = Sua conta não tem senha.
set-password-by-link = Receber um link para criar uma senha
set-password-ask = Para ter uma senha, peça à administração deste site um link para criá-la.

## Two-step verification: what is set up

second-factor-text = Com a verificação em duas etapas, você precisa da sua senha e de um código de um aplicativo no celular para entrar. Quem descobrir sua senha não consegue entrar só com ela.
second-factor-is-off = A verificação em duas etapas está desativada.
authenticator-app = Aplicativo autenticador
# Followed by a time
app-set-up-on = Configurado em:
recovery-codes = Códigos de recuperação
few-recovery-codes =
    { $count ->
        [0] Você não tem mais códigos de recuperação.
        [one] Resta apenas { $count } código de recuperação para você.
       *[other] Restam apenas { $count } códigos de recuperação para você.
    }
make-recovery-codes = Criar novos códigos de recuperação
set-up-app = Configurar um aplicativo
set-up-another-app = Configurar outro aplicativo
turn-off-heading = Desativar a verificação em duas etapas
turn-off-text = Depois disso, sua senha basta para entrar. Seus códigos de recuperação serão excluídos.
code-or-recovery-code = Código do seu aplicativo ou um código de recuperação
turn-off = Desativar
second-factor-by-passkey = Depois da senha, é preciso uma das suas chaves de acesso para entrar.
second-factor-or-passkey = Uma chave de acesso protege sua conta ainda melhor, e não há código para digitar.
see-passkeys = Ver suas chaves de acesso
turn-off-app-heading = Desativar o aplicativo autenticador
turn-off-app-text = Depois disso, além da senha, é preciso uma chave de acesso para entrar. Seus códigos de recuperação continuam os mesmos.

## Passkeys

passkeys-text = Com uma chave de acesso, você entra com a impressão digital, o rosto ou o PIN do seu dispositivo. Ela só funciona neste site, por isso ninguém consegue tirá-la de você com um golpe.
passkeys-none = Você ainda não tem chaves de acesso.
passkey-backup-synced = sincronizada
passkey-backup-eligible = ainda não sincronizada
passkey-backup-this_device_only = só neste dispositivo
# Followed by a time
passkey-added = Adicionada em:
passkey-last-used = Último uso:
passkey-never-used = Ainda não usada
passkey-rename = Renomear
passkey-rename-this = Renomear { $name }
passkey-name = Nome
passkey-name-optional = Nome (opcional)
passkey-save-name = Salvar o nome
passkey-remove = Remover
passkey-remove-this = Remover { $name }
add-passkey = Adicionar uma chave de acesso
add-passkey-text = Seu navegador pergunta onde guardá-la: neste dispositivo, em um celular ou em uma chave de segurança.
passkeys-need-script = Para adicionar uma chave de acesso, você precisa de um navegador compatível, com o JavaScript ativado.
passkeys-problem-last_way_in = Essa chave de acesso é a sua única forma de entrar. Adicione outra primeiro, ou crie uma senha.
passkeys-problem-password_needed = Sua senha continua valendo por enquanto. Para removê-la, você precisa de duas chaves de acesso, ou de uma chave de acesso e um código de recuperação.
remove-password-heading = Remover sua senha
remove-password-text = Depois disso, só é possível entrar com uma chave de acesso, e uma senha roubada não serve para ninguém. Mais tarde, você pode criar uma senha novamente por um link.
remove-my-password = Remover minha senha
passkey-error-failed = Não funcionou. Recarregue a página e tente novamente.
passkey-error-not_allowed = Não funcionou. Ou foi cancelado, ou demorou demais, ou é preciso um PIN, uma impressão digital ou um rosto que não foi configurado.
passkey-error-other_site = As chaves de acesso não funcionam neste endereço. Abra este site no endereço de sempre e tente novamente.
passkey-error-network = Não foi possível acessar este site. Verifique sua conexão e tente novamente.
passkey-error-expired = Demorou demais. Tente novamente.
passkey-error-unknown = Este site não conhece essa chave de acesso. Talvez ela tenha sido removida da conta. Use outra, ou entre de outra forma.
passkey-error-refused = Essa chave de acesso não está correta. Use outra.
passkey-error-counter_went_back = Essa chave de acesso foi recusada porque pode haver uma cópia dela. Entre de outra forma, remova-a da sua conta e adicione uma nova.
passkey-error-backup_changed = Essa chave de acesso foi recusada porque agora pode ser sincronizada e não podia quando foi adicionada, ou o contrário. Entre de outra forma, remova-a da sua conta e adicione-a novamente.
passkey-error-not_verified = Essa chave de acesso não verificou se é você. Configure para ela um PIN, uma impressão digital ou o seu rosto e tente novamente.
passkey-error-already_added = Esse dispositivo ou essa chave de segurança já tem uma chave de acesso para a sua conta.
passkey-error-too_many = Sua conta tem tantas chaves de acesso quantas pode ter. Remova uma para adicionar outra.
passkey-error-throttled = Muitos códigos foram tentados. Aguarde alguns minutos e tente novamente.
passkey-error-name_empty = Digite um nome
passkey-error-name_too_long = Esse nome é muito longo. Ele pode ter no máximo 60 caracteres.
passkey-error-name_bad_character = O nome não pode ter caracteres de controle. Use letras, números, espaços e símbolos.

## Two-step verification: the set-up of an app

totp-title = Configurar seu aplicativo autenticador
totp-required = Este site exige a verificação em duas etapas de todas as pessoas. Configure-a para continuar.
totp-scan = Escaneie este QR code com um aplicativo autenticador no celular.
totp-qr-code = QR code para seu aplicativo autenticador
totp-key = Se não conseguir escanear, digite esta chave no aplicativo:
totp-open = Abrir um aplicativo autenticador neste dispositivo
totp-replaces = Os códigos do aplicativo que você usa agora deixarão de funcionar. Seus códigos de recuperação continuam valendo.
code-of-present-app = Código do aplicativo que você usa agora ou um código de recuperação
code-of-new-app = Código do novo aplicativo
turn-on = Ativar
add-passkey-instead = Adicionar uma chave de acesso em vez disso
set-up-app-instead = Configurar um aplicativo autenticador em vez disso

## Two-step verification: recovery codes, shown once

recovery-codes-title = Salve seus códigos de recuperação
recovery-codes-text = Com um destes códigos, você pode entrar quando não tiver o aplicativo nem a chave de acesso. Cada um só funciona uma vez. Guarde-os onde ninguém mais possa ler, e não apenas no celular.
recovery-codes-replace = Eles substituem os códigos que você tem assim que você clicar em “Já salvei os códigos”.
recovery-codes-file = Códigos de recuperação de { $username } em { $site }. Cada um só funciona uma vez.
download = Baixar
copy = Copiar
copied = Copiado
print = Imprimir
have-saved-codes = Já salvei os códigos

## The form to change the username

username-change-text = A partir de então, você entra com o novo nome, e não mais com o antigo.
# Of the old name
old-name-reserved =
    { $days ->
        [one] Ninguém mais pode usar o nome antigo por { $days } dia. Até lá, você pode voltar a usá-lo.
       *[other] Ninguém mais pode usar o nome antigo por { $days } dias. Até lá, você pode voltar a usá-lo.
    }
old-name-free = Outra pessoa pode usar o nome antigo imediatamente.
change-username = Alterar nome de usuário

## The account's e-mail address

email-purpose = Com um e-mail verificado, você pode criar uma nova senha se esquecer a sua, e avisaremos quando algo acontecer na sua conta.
email-verified = Verificado
email-not-verified = Ainda não verificado
email-sent = Abra o link da mensagem para { $address } para verificar o e-mail. Se ela não chegou, procure na pasta de spam ou peça um novo envio.
email-another = Outro e-mail
email-change-effect = Vamos avisar { $address } imediatamente. Esse continua sendo o seu e-mail até que o outro seja verificado.
change-address = Alterar e-mail
add-address = Adicionar e-mail

## The form to delete the account

delete-warning = Esta ação não pode ser desfeita. Ela exclui imediatamente:
delete-account = sua conta e sua senha
delete-account-of = sua conta { $username } e sua senha
delete-sessions = as conexões de todos os dispositivos
delete-activity = sua atividade recente
delete-name-reserved =
    { $days ->
        [one] Por { $days } dia, ninguém pode criar uma conta com o seu nome de usuário, nem mesmo você. Depois disso, qualquer pessoa pode.
       *[other] Por { $days } dias, ninguém pode criar uma conta com o seu nome de usuário, nem mesmo você. Depois disso, qualquer pessoa pode.
    }
delete-name-free = Qualquer pessoa pode criar imediatamente uma conta com o seu nome de usuário.
delete-my-account = Excluir minha conta

## The form that asks for the password again

reauthentication-title = Confirme sua senha
reauthentication-text = Já faz algum tempo que você entrou na sua conta. Digite sua senha novamente para continuar.
go-on = Continuar
confirm-identity = Confirme que é você
reauthentication-passkey-text = Já faz algum tempo que você entrou na sua conta. Confirme que é você para continuar.
passkey-needs-script = Uma chave de acesso só funciona em um navegador compatível, com o JavaScript ativado. Ative-o ou use outro navegador.

## Error pages, by their status

error-number = Erro { $status }
error-quote = Se quiser relatar este erro, informe:
# Followed by the address of the site
error-site-at = O endereço deste site é o seguinte. Se o navegador mostrar outro, abra este.
go-to-home = Ir para a página inicial
error-title-400 = Não foi possível ler a solicitação
error-text-400 = Seu navegador enviou algo que este site não conseguiu ler. Volte, recarregue a página e tente novamente.
error-title-403 = Isso não é permitido
error-text-403 = Para sua segurança, nada foi alterado: a solicitação veio de outro site ou não era para você. Se foi você, comece de novo pela página inicial.
error-title-404 = Página não encontrada
error-text-404 = Não há nada neste endereço. Se você o digitou, verifique se está correto; se seguiu um link, ele pode estar desatualizado.
error-title-405 = Isso não funciona aqui
error-text-405 = Este endereço existe, mas o que foi enviado deveria ir para outro lugar. Comece de novo pela página inicial.
error-title-413 = Isso é demais de uma só vez
error-text-413 = Foi enviado mais do que este site aceita. Envie algo menor e tente novamente.
error-title-415 = Esse formato não é aceito
error-text-415 = Este endereço só aceita o que o próprio formulário envia. Volte ao formulário e tente novamente.
error-title-422 = Não é possível usar esse formulário
error-text-422 = Algo no formulário estava faltando ou aparecia duas vezes. Volte, recarregue a página e preencha o formulário novamente.
error-title-429 = Muitas tentativas
error-text-429 = Para proteger as contas, o número de tentativas é limitado. Aguarde alguns minutos e tente novamente.
error-title-500 = Algo deu errado
error-text-500 = O erro é nosso, não seu. Aguarde um minuto e tente novamente.
error-title-503 = Site ocupado no momento
error-text-503 = Há mais atividade do que este site consegue atender agora. Aguarde um minuto e tente novamente.
error-title-other = Isso não funcionou
error-text-other = Este site não conseguiu fazer o que foi pedido. Volte e tente novamente ou comece de novo pela página inicial.

## Mails: plain text, one paragraph a message, wrapped by the program

mail-hello = Olá,
mail-hello-you = Olá, { $username },
mail-from = Origem: { $device }
mail-from-address = Origem: { $device }, { $address }
mail-not-you = Se não foi você, outra pessoa pode ter entrado na sua conta. Abra { $url } no navegador, entre na sua conta, altere sua senha e confira “Dispositivos conectados” e “Atividade recente”. Se não conseguir entrar, use “Esqueceu sua senha?” na página de login.
mail-not-your-passkey = Se não foi você, outra pessoa pode ter entrado na sua conta. Abra { $url } no navegador, entre na sua conta, remova todas as chaves de acesso que não são suas, altere sua senha e confira “Dispositivos conectados” e “Atividade recente”. Se não conseguir entrar, use “Esqueceu sua senha?” na página de login.
mail-ask-operator = Se você não sabe o motivo, fale com a administração do site.
mail-footer = Esta mensagem foi enviada automaticamente. Nunca pedimos sua senha por e-mail.
mail-link-once-second =
    { $count ->
        [one] O link funciona uma única vez e expira em { $count } segundo.
       *[other] O link funciona uma única vez e expira em { $count } segundos.
    }
mail-link-once-minute =
    { $count ->
        [one] O link funciona uma única vez e expira em { $count } minuto.
       *[other] O link funciona uma única vez e expira em { $count } minutos.
    }
mail-link-once-hour =
    { $count ->
        [one] O link funciona uma única vez e expira em { $count } hora.
       *[other] O link funciona uma única vez e expira em { $count } horas.
    }

mail-verify_email-subject = Verifique seu e-mail para { $site }
mail-verify_email-text = Alguém informou este e-mail para a conta “{ $username }” em { $site }. Se foi você, abra esta página e confirme:
mail-verify_email-pages = Abrir a página não muda nada enquanto você não clicar em um dos botões.
mail-verify_email-not-you = Se não foi você, abra a página e clique em “Não fui eu”, e vamos remover o e-mail dessa conta. Se você não fizer nada, nada acontece.

mail-reset_password-subject = Crie uma nova senha para { $site }
mail-reset_password-text = Alguém pediu um link para criar uma nova senha para sua conta “{ $username }” em { $site }. Se foi você, abra esta página:
mail-reset_password-unchanged = Sua senha continua a mesma até que você crie outra nessa página.
mail-reset_password-not-you = Se não foi você, não é preciso fazer nada: só quem consegue ler seus e-mails pode usar o link. Não compartilhe o link com ninguém.

mail-account_exists-subject = Você já tem uma conta: { $username }
mail-account_exists-text = Alguém acabou de informar este e-mail para uma conta em { $site }. Você já tem uma conta: { $username }
mail-account_exists-you = Se foi você, entre com a conta que já tem. Se esqueceu a senha dela, use “Esqueceu sua senha?” na página de login. Se não foi você, não é preciso fazer nada: o e-mail continua sendo seu, e ninguém ficou sabendo que você tem uma conta.

mail-undo_email-subject = O e-mail da sua conta está sendo alterado
mail-undo_email-text = Em { $time }, outro e-mail foi informado para sua conta “{ $username }” em { $site }. Enviamos este aviso porque este é, ou era, o e-mail da conta.
mail-undo_email-not-you = Se foi você, não é preciso fazer nada. Se não foi você, abra esta página. Ela restaura este e-mail, desconecta todos os dispositivos e permite que você crie uma nova senha:
mail-undo_email-good-for-second =
    { $count ->
        [one] O link expira em { $count } segundo e funciona mesmo que alguém tenha alterado sua senha.
       *[other] O link expira em { $count } segundos e funciona mesmo que alguém tenha alterado sua senha.
    }
mail-undo_email-good-for-minute =
    { $count ->
        [one] O link expira em { $count } minuto e funciona mesmo que alguém tenha alterado sua senha.
       *[other] O link expira em { $count } minutos e funciona mesmo que alguém tenha alterado sua senha.
    }
mail-undo_email-good-for-hour =
    { $count ->
        [one] O link expira em { $count } hora e funciona mesmo que alguém tenha alterado sua senha.
       *[other] O link expira em { $count } horas e funciona mesmo que alguém tenha alterado sua senha.
    }

mail-logged_in-subject = Alguém entrou na sua conta com um novo dispositivo
mail-logged_in-text = Em { $time }, alguém entrou na sua conta “{ $username }” em { $site } com um dispositivo que nunca tinha sido usado antes.

mail-password_changed-subject = Sua senha foi alterada
mail-password_changed-text = Em { $time }, a senha da sua conta “{ $username }” em { $site } foi alterada. Todos os outros dispositivos foram desconectados.

mail-password_reset-subject = Uma nova senha foi criada para sua conta por um link
mail-password_reset-text = Em { $time }, uma nova senha foi criada para sua conta “{ $username }” em { $site } por um link de uso único. Todos os dispositivos foram desconectados.

mail-username_changed-subject = Seu nome de usuário foi alterado
mail-username_changed-text = Em { $time }, o nome de usuário da sua conta em { $site } foi alterado. Agora ele é “{ $username }”.
mail-username_changed_by_operator-subject = Seu nome de usuário foi alterado
mail-username_changed_by_operator-text = Em { $time }, a administração de { $site } alterou o nome de usuário da sua conta. Agora ele é “{ $username }”. Sua senha continua a mesma.

mail-email_set_by_operator-subject = O e-mail da sua conta foi definido
mail-email_set_by_operator-text = Em { $time }, a administração de { $site } definiu outro e-mail para sua conta “{ $username }”. Esta mensagem foi enviada ao e-mail que a conta tinha antes.

mail-account_closed-subject = Sua conta foi encerrada
mail-account_closed-text = Em { $time }, a administração de { $site } encerrou sua conta “{ $username }”. Ninguém pode entrar nela, e todos os dispositivos foram desconectados.
mail-account_reopened-subject = Sua conta foi reaberta
mail-account_reopened-text = Em { $time }, a administração de { $site } reabriu sua conta “{ $username }”. Você já pode entrar novamente, com a senha que tinha.
mail-account_deleted-subject = Sua conta foi excluída
mail-account_deleted-text = Em { $time }, sua conta “{ $username }” em { $site } foi excluída, com tudo o que havia nela. Esta é a última mensagem sobre ela.
mail-account_deleted-not-you = Se não foi você, fale com a administração do site.
mail-account_deleted_by_operator-subject = Sua conta foi excluída
mail-account_deleted_by_operator-text = Em { $time }, a administração de { $site } excluiu sua conta “{ $username }”, com tudo o que havia nela. Esta é a última mensagem sobre ela.

mail-second_factor_turned_on-subject = A verificação em duas etapas foi ativada
mail-second_factor_turned_on-text = Em { $time }, a verificação em duas etapas foi ativada na sua conta “{ $username }” em { $site }. A partir de agora, também é preciso um código de um aplicativo para entrar.
mail-second_factor_replaced-subject = Outro aplicativo autenticador foi configurado
mail-second_factor_replaced-text = Em { $time }, outro aplicativo autenticador foi configurado na sua conta “{ $username }” em { $site }. Os códigos do aplicativo anterior não funcionam mais.
mail-second_factor_turned_off-subject = A verificação em duas etapas foi desativada
mail-second_factor_turned_off-text = Em { $time }, a verificação em duas etapas foi desativada na sua conta “{ $username }” em { $site }. Não é mais preciso um código de um aplicativo para entrar.
mail-second_factor_removed-subject = A verificação em duas etapas foi removida
mail-second_factor_removed-text = Em { $time }, a administração de { $site } removeu a verificação em duas etapas da sua conta “{ $username }”. A senha basta para entrar.
mail-recovery_codes_made-subject = Novos códigos de recuperação foram criados
mail-recovery_codes_made-text = Em { $time }, novos códigos de recuperação foram criados para sua conta “{ $username }” em { $site }. Os anteriores não funcionam mais.
mail-recovery_code_used-subject = Um código de recuperação foi usado
mail-recovery_code_used-text = Em { $time }, alguém entrou na sua conta “{ $username }” em { $site } com a senha e um código de recuperação. Esse código não funciona mais.
mail-second_step_guessed-subject = Códigos incorretos na sua conta
mail-second_step_guessed-text = Alguém digitou a senha correta da sua conta “{ $username }” em { $site } e depois três códigos incorretos, o último em { $time }. Ninguém entrou na conta.
mail-second_step_throttled-subject = Muitos códigos incorretos na sua conta
mail-second_step_throttled-text = Alguém digitou a senha correta da sua conta “{ $username }” em { $site } e depois códigos incorretos demais, o último em { $time }. Ninguém entrou na conta. Por alguns minutos, nenhum código será aceito.
mail-second_step_throttled-not-you = Se não foi você, alguém sabe sua senha. Abra { $url } no navegador, use “Esqueceu sua senha?” na página de login e escolha uma senha que você não usa em nenhum outro lugar.

mail-passkey_added-subject = Uma chave de acesso foi adicionada à sua conta
mail-passkey_added-text = Em { $time }, uma chave de acesso foi adicionada à sua conta “{ $username }” em { $site }. Com ela, é possível entrar sem senha.
mail-passkey_renamed-subject = Uma chave de acesso da sua conta foi renomeada
mail-passkey_renamed-text = Em { $time }, uma chave de acesso da sua conta “{ $username }” em { $site } recebeu outro nome.
mail-passkey_removed-subject = Uma chave de acesso foi removida da sua conta
mail-passkey_removed-text = Em { $time }, uma chave de acesso da sua conta “{ $username }” em { $site } foi removida. Ela não serve mais para entrar.
mail-passkey_refused-subject = Uma chave de acesso da sua conta foi recusada
mail-passkey_refused-text = Em { $time }, alguém tentou usar uma chave de acesso da sua conta “{ $username }” em { $site }. Ela foi recusada porque pode ser uma cópia. Ninguém entrou. Se foi você, entre de outra forma, remova a chave de acesso e adicione-a novamente.
mail-password_removed-subject = Sua senha foi removida
mail-password_removed-text = Em { $time }, a senha da sua conta “{ $username }” em { $site } foi removida. A partir de agora, só é possível entrar com uma chave de acesso.

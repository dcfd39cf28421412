-- A removed user, in words, where the audit log is shown; and a rule that is exports/cells.py's now.

set local role geniai_owner;

create or replace function dashboards.act(act text) returns text
language sql immutable strict parallel safe
return case act
    when 'tenant.add' then 'Cliente criado'
    when 'tenant.change' then 'Cliente alterado'
    when 'tenant.disable' then 'Cliente desativado'
    when 'tenant.enable' then 'Cliente reativado'
    when 'tenant.remove' then 'Cliente removido'
    when 'tenant.restore' then 'Cliente restaurado'
    when 'user.add' then 'Usuário criado'
    when 'user.change' then 'Usuário alterado'
    when 'user.disable' then 'Usuário desativado'
    when 'user.remove' then 'Usuário removido'
    when 'user.password' then 'Senha trocada'
    when 'session.start' then 'Entrada'
    when 'session.refuse' then 'Entrada recusada'
    when 'session.end' then 'Saída'
    when 'data.export' then 'Exportação'
    when 'client.view' then 'Painel aberto pela equipe'
    when 'key.rotate' then 'Chave trocada'
    else act
end;

drop function dashboards.cell(text);

reset role;

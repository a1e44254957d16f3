-- Before the guards are applied: every policy, trigger, grant, view and function of the schema goes, so that nothing
-- stands but what the present files say. Tables and sequences stay.

do $$
declare
    r record;
begin
    for r in select c.oid::regclass as t, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
              where c.relnamespace = 'office'::regnamespace loop
        execute format('drop policy %I on %s', r.polname, r.t);
    end loop;

    for r in select c.oid::regclass as t, g.tgname from pg_trigger g join pg_class c on c.oid = g.tgrelid
              where c.relnamespace = 'office'::regnamespace and not g.tgisinternal loop
        execute format('drop trigger %I on %s', r.tgname, r.t);
    end loop;

    for r in select c.oid::regclass as v from pg_class c
              where c.relnamespace = 'office'::regnamespace and c.relkind = 'v' loop
        execute format('drop view if exists %s cascade', r.v);
    end loop;

    for r in select p.oid::regprocedure as f from pg_proc p where p.pronamespace = 'office'::regnamespace loop
        execute format('drop routine %s', r.f);
    end loop;

    for r in select distinct case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as who
               from (select relacl as acl from pg_class where relnamespace = 'office'::regnamespace
                     union all
                     select t.attacl from pg_attribute t join pg_class c on c.oid = t.attrelid
                      where c.relnamespace = 'office'::regnamespace
                     union all
                     select nspacl from pg_namespace where nspname = 'office') g,
                    aclexplode(g.acl) a
              where a.grantee <> (select nspowner from pg_namespace where nspname = 'office') loop
        execute format('revoke all on schema office from %s', r.who);
        execute format('revoke all on all tables in schema office from %s', r.who);
        execute format('revoke all on all sequences in schema office from %s', r.who);
    end loop;
end
$$;

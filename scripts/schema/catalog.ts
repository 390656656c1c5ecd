// What docs/schema.sql is made of. Each query takes a schema's name as $1 and returns the statements of one kind of
// object in their order, with the object's comment above it. Objects of extensions are left out.

/** The statements that grant others than the owner their rights on an object. */
const grants = (acl: string, owner: string, target: string) => `(
  select string_agg(format('%s;', statement), e'\\n' order by statement) from (
    select format('grant %s on %s to %s', string_agg(lower(privilege_type), ', ' order by privilege_type), ${target},
      grantee::regrole) as statement
    from aclexplode(${acl}) where grantee not in (0, ${owner}) group by grantee
  ) granted)`

const comment = (text: string, indent = '') =>
  `(select '${indent}-- ' || replace(${text}, e'\\n', e'\\n${indent}-- '))`

const notOfExtension = (catalog: string, oid: string) => `not exists (
  select from pg_depend
  where classid = '${catalog}'::regclass and objid = ${oid} and deptype = 'e')`

export const schemaQuery = `
  select concat_ws(e'\\n',
    ${comment("obj_description(n.oid, 'pg_namespace')")},
    format('create schema %I;', n.nspname),
    ${grants('n.nspacl', 'n.nspowner', "format('schema %I', n.nspname)")},
    (select string_agg(format('alter default privileges in schema %I grant %s on tables to %s;', n.nspname, rights, grantee), e'\\n')
      from pg_default_acl d, lateral (
        select grantee::regrole, string_agg(lower(privilege_type), ', ' order by privilege_type) as rights
        from aclexplode(d.defaclacl) where grantee not in (0, d.defaclrole) group by grantee
      ) granted
      where d.defaclnamespace = n.oid and d.defaclobjtype = 'r'),
    (select string_agg(format('create extension %I schema %I;', extname, n.nspname), e'\\n' order by extname)
      from pg_extension where extnamespace = n.oid)
  ) as statements
  from pg_namespace n where n.nspname = $1`

export const textSearchQuery = `
  select concat_ws(e'\\n', format('create text search configuration %I.%I (parser = %s);', $1::text, cfgname, cfgparser::regproc),
    (select string_agg(format('alter text search configuration %I.%I add mapping for %s with %s;', $1::text, cfgname, tokens, dictionaries), e'\\n' order by tokens)
      from (
        select string_agg(alias, ', ' order by tokid) as tokens, dictionaries
        from (
          select maptokentype, string_agg(mapdict::regdictionary::text, ', ' order by mapseqno) as dictionaries
          from pg_ts_config_map where mapcfg = c.oid group by maptokentype
        ) mapping
        join ts_token_type(c.cfgparser) on tokid = maptokentype
        group by dictionaries
      ) grouped)) as statements
  from (select oid, cfgname, cfgparser from pg_ts_config where cfgnamespace = $1::regnamespace) c
  order by cfgname`

const columns = `
  select attnum::int as position, concat_ws(e'\\n', ${comment('col_description(attrelid, attnum)', '  ')},
    concat_ws(' ', format('  %I', attname), format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
      case attgenerated when 's' then format('generated always as (%s) stored', pg_get_expr(adbin, adrelid))
        else 'default ' || pg_get_expr(adbin, adrelid) end)) as line
  from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where attrelid = c.oid and attnum > 0 and not attisdropped`

const constraints = `
  select 10000 + row_number() over (order by array_position('{p,u,f,c,x}', contype::text), conname)::int,
    format('  constraint %I %s', conname, pg_get_constraintdef(oid, true))
  from pg_constraint where conrelid = c.oid and contype in ('p', 'u', 'f', 'c', 'x')`

/** Each table with its columns and constraints, its indexes, its triggers and its grants. */
export const tableQuery = `
  select concat_ws(e'\\n',
    ${comment("obj_description(c.oid, 'pg_class')")},
    format(e'create table %I.%I (\\n%s\\n)%s;', $1::text, c.relname,
      (select string_agg(line, e',\\n' order by position) from (${columns} union all ${constraints}) lines),
      ' with (' || array_to_string(c.reloptions, ', ') || ')'),
    (select string_agg(concat_ws(e'\\n', ${comment("obj_description(i.indexrelid, 'pg_class')")}, pg_get_indexdef(i.indexrelid) || ';'),
        e'\\n' order by i.indexrelid::regclass::text)
      from pg_index i
      where i.indrelid = c.oid and not exists (select from pg_constraint where conindid = i.indexrelid and conrelid = c.oid)),
    (select string_agg(concat_ws(e'\\n', ${comment("obj_description(t.oid, 'pg_trigger')")}, pg_get_triggerdef(t.oid) || ';'),
        e'\\n' order by t.tgname)
      from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal),
    ${grants('c.relacl', 'c.relowner', "format('%I.%I', $1::text, c.relname)")}
  ) as statements
  from pg_class c
  where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and ${notOfExtension('pg_class', 'c.oid')}
  order by c.relname`

export const viewQuery = `
  select concat_ws(e'\\n',
    ${comment("obj_description(c.oid, 'pg_class')")},
    format(e'create view %I.%I as\\n%s', $1::text, c.relname, pg_get_viewdef(c.oid, true)),
    ${grants('c.relacl', 'c.relowner', "format('%I.%I', $1::text, c.relname)")}
  ) as statements
  from pg_class c
  where c.relnamespace = $1::regnamespace and c.relkind in ('v', 'm') and ${notOfExtension('pg_class', 'c.oid')}
  order by c.relname`

export const functionQuery = `
  select concat_ws(e'\\n',
    ${comment("obj_description(p.oid, 'pg_proc')")},
    rtrim(pg_get_functiondef(p.oid), e'\\n') || ';',
    case when p.proacl is not null and not exists (select from aclexplode(p.proacl) where grantee = 0)
      then format('revoke execute on function %s from public;', p.oid::regprocedure) end,
    ${grants('p.proacl', 'p.proowner', "format('function %s', p.oid::regprocedure)")}
  ) as statements
  from pg_proc p
  where p.pronamespace = $1::regnamespace and ${notOfExtension('pg_proc', 'p.oid')}
  order by p.proname, pg_get_function_identity_arguments(p.oid)`

/** A function's role is named for its schema. */
export const roleQuery = `
  select string_agg(format('alter role %I set %s;', rolname, setting), e'\\n' order by setting) as statements
  from pg_roles join pg_namespace on rolname = 'iod_' || nspname
  join pg_db_role_setting s on s.setrole = pg_roles.oid and s.setdatabase = 0, unnest(setconfig) setting
  group by rolname order by rolname`

export const schemasQuery = `
  select nspname as name from pg_namespace
  where nspname !~ '^pg_' and nspname <> 'information_schema' order by nspname = 'public' desc, nspname`

/** RFC 4287 as the feed uses it: one author and one link per entry, and the text in the content. */
export const atomSchema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://www.w3.org/2005/Atom"
    targetNamespace="http://www.w3.org/2005/Atom" elementFormDefault="qualified">
  <xs:complexType name="link">
    <xs:attribute name="rel" fixed="self"/><xs:attribute name="href" type="xs:anyURI" use="required"/>
  </xs:complexType>
  <xs:complexType name="entry"><xs:sequence>
    <xs:element name="id" type="xs:anyURI"/><xs:element name="title" type="xs:string"/><xs:element name="link" type="link"/>
    <xs:element name="author"><xs:complexType><xs:sequence>
      <xs:element name="name" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="published" type="xs:dateTime"/><xs:element name="updated" type="xs:dateTime"/>
    <xs:element name="category" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
      <xs:attribute name="term" type="xs:string" use="required"/>
    </xs:complexType></xs:element>
    <xs:element name="summary" type="xs:string"/>
    <xs:element name="content" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="xs:string">
      <xs:attribute name="type" fixed="html" use="required"/>
    </xs:extension></xs:simpleContent></xs:complexType></xs:element>
  </xs:sequence></xs:complexType>
  <xs:element name="feed"><xs:complexType><xs:sequence>
    <xs:element name="id" type="xs:anyURI"/><xs:element name="title" type="xs:string"/>
    <xs:element name="updated" type="xs:dateTime"/><xs:element name="link" type="link"/>
    <xs:element name="entry" type="entry" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>`

/** The protocol of sitemaps.org: addresses of at most 2,048 characters, at most 50,000, at least one. */
export const sitemapSchema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    targetNamespace="http://www.sitemaps.org/schemas/sitemap/0.9" elementFormDefault="qualified">
  <xs:simpleType name="loc"><xs:restriction base="xs:anyURI"><xs:maxLength value="2048"/></xs:restriction></xs:simpleType>
  <xs:complexType name="place"><xs:sequence>
    <xs:element name="loc" type="loc"/><xs:element name="lastmod" type="xs:dateTime" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:element name="sitemapindex"><xs:complexType><xs:sequence>
    <xs:element name="sitemap" type="place" maxOccurs="50000"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="urlset"><xs:complexType><xs:sequence>
    <xs:element name="url" type="place" maxOccurs="50000"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>`
